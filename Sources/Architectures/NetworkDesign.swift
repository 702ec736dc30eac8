import NeuralNetworks

/// Which network, and how large: what a model's card holds to build it anew.
package enum NetworkDesign: Sendable, Equatable {
    /// The family `dimorph`.
    case hybrid(HybridSettings)

    /// What its network takes and gives.
    package func form(people: [String]) -> NetworkForm {
        switch self {
        case .hybrid(let settings): settings.form(people: people)
        }
    }

    /// Principal patches that a fresh decoder begins with at each place (`DecoderStart`); nil for networks that
    /// begin by chance.
    package var startingPatches: Int? {
        switch self {
        case .hybrid(let settings): settings.headChannels
        }
    }

    /// Builds the network, its parameters taken from the scope.
    ///
    /// - Parameters:
    ///   - people: names, in the order of the decoders.
    ///   - starts: for fresh networks of the family `dimorph`, what each person's decoder begins with.
    package func network(
        _ scope: Scope, people: [String], starts: [String: DecoderStart] = [:]
    ) throws -> any SwapNetwork {
        switch self {
        case .hybrid(let settings):
            try HybridNetwork(scope, settings: settings, people: people, starts: starts)
        }
    }
}

extension NetworkDesign: Codable {
    /// An object with one key, which says which network, and its settings behind it.
    private enum Kind: String, CodingKey { case hybrid }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        switch container.allKeys.first {
        case .hybrid: self = .hybrid(try container.decode(HybridSettings.self, forKey: .hybrid))
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
        }
    }
}
