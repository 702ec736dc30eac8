import NeuralNetworks

/// Which network, and how large: what a model's card holds to build it anew.
package enum NetworkDesign: Sendable, Equatable {
    /// The family `dimorph`.
    case hybrid(HybridSettings)
    /// Two autoencoders that share nothing.
    case article(ArticleSettings)
    /// faceswap's `original`.
    case original(OriginalSettings)
    /// DeepFaceLab's; `quick96` is a `df`.
    case df(DeepFaceLabSettings)
    case liae(DeepFaceLabSettings)
    case amp(AMPSettings)

    /// What its network takes and gives.
    package func form(people: [String]) -> NetworkForm {
        switch self {
        case .hybrid(let settings): settings.form(people: people)
        case .article(let settings): settings.form(people: people)
        case .original(let settings): settings.form(people: people)
        case .df(let settings), .liae(let settings): settings.form(people: people)
        case .amp(let settings): settings.parts.form(people: people)
        }
    }

    /// Principal patches that a fresh decoder begins with at each place (`DecoderInitialization`), of its head and its refinement; nil
    /// for networks that begin by chance.
    package var startingPatches: (head: Int, refinement: Int?)? {
        switch self {
        case .hybrid(let settings): (settings.headChannels, settings.refinementChannels)
        default: nil
        }
    }

    /// Builds the network, its parameters taken from the scope.
    ///
    /// - Parameters:
    ///   - people: names, in the order of the decoders.
    ///   - starts: for fresh networks of the family `dimorph`, what each person's decoder begins with.
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
    /// People that the network can tell apart: any number with a decoder for each, two where codes say who is drawn.
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
    /// Whether networks of this design have a base model: those of the family `dimorph` with a decoder for each person.
    package var hasBase: Bool {
        if case .hybrid(let settings) = self { settings.sharesDecoder != true } else { false }
    }

    /// Whether a network of this design can start from a base model of another: all parts that both have are of the same sizes.
    package func canStart(from base: NetworkDesign) -> Bool {
        guard hasBase, case .hybrid(let own) = self, case .hybrid(let other) = base else { return false }
        return own.common == other.common
    }
}

extension NetworkDesign: Codable {
    /// An object with one key, which says which network, and its settings behind it.
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
                    codingPath: decoder.codingPath, debugDescription: "no network that this Dimorph knows"))
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
