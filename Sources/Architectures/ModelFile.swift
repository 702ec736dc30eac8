import Files
import Foundation
import NeuralNetworks
import Safetensors
import Tensors

/// An error of reading a model.
package struct ModelError: CausedError {
    package enum Code: Sendable { case missing, unreadable, damaged, unknown, unsuitable }

    package let code: Code
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var isBadInput: Bool { true }

    /// Whether the file itself is the cause, so that another file may work.
    package var saysOfFile: Bool { code != .unreadable && !isOutOfMemory }
}

/// A model file: safetensors with the card in its metadata.
///
/// Tensors: `average.NAME` (used for swapping); in checkpoints also `model.NAME` and `optimizer.…NAME`, from
/// which training resumes. Without averaging, checkpoints contain no `average.NAME`.
package struct ModelFile {
    package static let format = "dimorph.model"

    package let file: SafetensorsFile
    package let card: ModelCard

    /// Maps the file and reads its card; the tensors are checked when they are loaded.
    package init(_ url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw ModelError(
                .missing, "There is no model at \(url.path): train one with `dimorph train` or `dimorph swap`"
            )
        }
        do {
            file = try SafetensorsFile(mapping: url)
        } catch let error as SafetensorsError where error.code == .outOfMemory {
            throw error
        } catch let error as SafetensorsError where error.code == .unreadable {
            throw ModelError(
                .unreadable, "The model \(url.path) cannot be read: check its permissions and the disk",
                cause: error.cause)
        } catch let error as SafetensorsError {
            throw ModelError(
                .damaged, "The model \(url.path) cannot be read: restore it from a copy or train again",
                cause: error)
        }
        guard file.metadata["format"] == Self.format, let json = file.metadata["card"] else {
            throw ModelError(.unknown, "\(url.path) is not a model of Dimorph")
        }
        card = try Self.card(Data(json.utf8), of: url)
    }

    private static func card(_ json: Data, of url: URL) throws -> ModelCard {
        /// Fields that are common to all versions of the card.
        struct Version: Decodable { let version: Int }
        do {
            let version = try JSONDecoder().decode(Version.self, from: json).version
            guard version <= ModelCard.currentVersion else {
                throw ModelError(.unknown, "\(url.path) was written by a later Dimorph; update Dimorph")
            }
            guard version >= ModelCard.earliestVersion else {
                throw ModelError(
                    .unknown,
                    "\(url.path) holds the network of an earlier Dimorph; remove its folder and train again")
            }
            let card = try JSONDecoder().decode(ModelCard.self, from: json)
            if let complaint = card.complaint {
                throw ModelError(
                    .damaged,
                    "The card of the model \(url.path) holds \(complaint); restore the file from a copy or train again"
                )
            }
            return card
        } catch let error as DecodingError {
            throw ModelError(.damaged, "The card of the model \(url.path) cannot be read", cause: error)
        }
    }

    /// Loads the stored network strictly.
    ///
    /// - Parameter part: `average` or `model`.
    package func network(_ part: String, device: Device) throws -> (any SwapNetwork, ParameterStore) {
        // Checked with meta tensors first: a card that does not match the file uses no memory.
        _ = try network(ParameterStore(comparing: file, prefix: "\(part)."))
        let store = ParameterStore(loading: file, prefix: "\(part).", type: .float32, device: device)
        return (try network(store), store)
    }

    private func network(_ store: ParameterStore) throws -> any SwapNetwork {
        let network = try card.design.network(Scope(store), people: card.people.map(\.name))
        try store.checkNothingLeft()
        return network
    }

    /// Name of the network used for swapping: the average, or the model if there is no average.
    package func drawingNetwork(device: Device) throws -> (any SwapNetwork, ParameterStore) {
        try network(holds("average") ? "average" : "model", device: device)
    }

    /// Whether the file contains a network with this name: `average` or `model`.
    package func holds(_ part: String) -> Bool { file.names.contains { $0.hasPrefix("\(part).") } }

    /// Metadata of a file with this card.
    package static func metadata(_ card: ModelCard) throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return ["format": format, "card": String(decoding: try encoder.encode(card), as: UTF8.self)]
    }
}
