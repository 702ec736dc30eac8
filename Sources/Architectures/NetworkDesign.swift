import NeuralNetworks

/// Network architecture and its sizes, as stored in a model card to rebuild the network.
package enum NetworkDesign: Sendable, Equatable {
    /// The `dimorph` family.
    case hybrid(HybridSettings)
    /// Two autoencoders without shared parameters.
    case article(ArticleSettings)
    /// faceswap's `original`.
    case original(OriginalSettings)
    /// DeepFaceLab's networks; `quick96` is a `df`.
    case df(DeepFaceLabSettings)
    case liae(DeepFaceLabSettings)
    case amp(AMPSettings)

    /// Inputs and outputs of the network.
    package func form(people: [String]) -> NetworkForm {
        switch self {
        case .hybrid(let settings): settings.form(people: people)
        case .article(let settings): settings.form(people: people)
        case .original(let settings): settings.form(people: people)
        case .df(let settings), .liae(let settings): settings.form(people: people)
        case .amp(let settings): settings.parts.form(people: people)
        }
    }

    /// Number of principal patches per position for a new decoder's initialization (`DecoderInitialization`),
    /// of its head and its refinement; `nil` for random initialization.
    package var startingPatches: (head: Int, refinement: Int?)? {
        switch self {
        case .hybrid(let settings): (settings.headChannels, settings.refinementChannels)
        default: nil
        }
    }

    /// Builds the network with parameters from the scope.
    ///
    /// - Parameters:
    ///   - people: names, in the order of the decoders.
    ///   - starts: for new networks of the `dimorph` family, the initial weights of each person's decoder.
    package func network(
        _ scope: Scope, people: [String], starts: [String: DecoderInitialization] = [:]
    ) throws -> any SwapNetwork {
        try checkCount(of: people)
        return switch self {
        case .hybrid(let settings):
            try HybridNetwork(scope, settings: settings, people: people, starts: starts)
        case .article(let settings): try ArticleNetwork(scope, settings: settings, people: people)
        case .original(let settings): try OriginalNetwork(scope, settings: settings, people: people)
        case .df(let settings): try DFNetwork(scope, settings: settings, people: people)
        case .liae(let settings): try LIAENetwork(scope, settings: settings, people: people)
        case .amp(let settings): try AMPNetwork(scope, settings: settings, people: people)
        }
    }
}

extension NetworkDesign {
    /// Number of people that the network supports: any with a decoder per person, two if the code selects the
    /// person.
    package var takesManyPeople: Bool {
        switch self {
        case .hybrid, .article, .original, .df: true
        case .liae, .amp: false
        }
    }

    private func checkCount(of people: [String]) throws {
        guard !takesManyPeople, people.count != 2 else { return }
        throw ModelError(
            .unsuitable,
            "liae and amp are for two people, the source and the target, and not for \(people.count): take df, original or dimorph-s"
        )
    }
}

extension NetworkDesign {
    /// Whether networks of this design can have a base model: those of the `dimorph` family with a decoder
    /// per person.
    package var hasBase: Bool {
        if case .hybrid(let settings) = self { settings.sharesDecoder != true } else { false }
    }

    /// Whether a network of this design can be initialized from a base model of another: all common parts
    /// must have the same sizes.
    package func canStart(from base: NetworkDesign) -> Bool {
        guard hasBase, case .hybrid(let own) = self, case .hybrid(let other) = base else { return false }
        return own.common == other.common
    }
}

extension NetworkDesign: Codable {
    /// Encoded as an object with one key, the architecture's name, whose value contains its settings.
    private enum Kind: String, CodingKey { case hybrid, article, original, df, liae, amp }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        switch container.allKeys.first {
        case .hybrid: self = .hybrid(try container.decode(HybridSettings.self, forKey: .hybrid))
        case .article: self = .article(try container.decode(ArticleSettings.self, forKey: .article))
        case .original: self = .original(try container.decode(OriginalSettings.self, forKey: .original))
        case .df: self = .df(try container.decode(DeepFaceLabSettings.self, forKey: .df))
        case .liae: self = .liae(try container.decode(DeepFaceLabSettings.self, forKey: .liae))
        case .amp: self = .amp(try container.decode(AMPSettings.self, forKey: .amp))
        case nil:
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "unknown network architecture"))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .hybrid(let settings): try container.encode(settings, forKey: .hybrid)
        case .article(let settings): try container.encode(settings, forKey: .article)
        case .original(let settings): try container.encode(settings, forKey: .original)
        case .df(let settings): try container.encode(settings, forKey: .df)
        case .liae(let settings): try container.encode(settings, forKey: .liae)
        case .amp(let settings): try container.encode(settings, forKey: .amp)
        }
    }
}
