import Commands
import Foundation
import Media
import Pictures
import Provenance
import Workspace

/// Checks a file with all methods that detect synthetic-media marks.
struct Verifier {
    let credentials: CredentialsLayer
    /// Ledgers to search.
    let ledgers: [Ledger]

    func verify(_ path: String) throws -> FileVerdict {
        let file = URL(filePath: path)
        let frames: [Picture]
        do {
            frames = try FrameSampling.frames(of: file)
            guard !frames.isEmpty else { throw InputError("it contains no frames") }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return unreadable(path, error)
        }
        let signed = credentials.look(at: file)
        let layers = [
            signed.layer, watermarkLayer(file), Self.labelLayer(frames), Self.metadataLayer(file),
            ledgerLayer(file, frames),
        ]
        let isMarked = layers.contains { $0.found == true }
        return FileVerdict(
            file: path, verdict: signed.isTampered ? .tampered : isMarked ? .marked : .nothing, layers: layers
        )
    }

    /// Verdict of a file that cannot be decoded; an invalid signature can show that it was modified.
    private func unreadable(_ path: String, _ error: any Error) -> FileVerdict {
        let signed = credentials.look(at: URL(filePath: path))
        let file = FileVerdict.Layer(layer: "file", found: nil, words: "\(error)")
        return FileVerdict(
            file: path, verdict: signed.isTampered ? .tampered : .unreadable,
            layers: signed.isTampered ? [signed.layer, file] : [file])
    }

    private func watermarkLayer(_ file: URL) -> FileVerdict.Layer {
        do { return WatermarkLayer(try WatermarkSampling.find(in: file)).layer } catch {
            return .init(layer: "watermark", found: nil, words: "\(error)")
        }
    }

    private static func labelLayer(_ frames: [Picture]) -> FileVerdict.Layer {
        let scores = frames.map(LabelDetector.score)
        let seen = scores.filter { $0 >= LabelDetector.threshold }.count
        let values: [String: JSONValue] = [
            "frames": .number(Double(frames.count)), "with_label": .number(Double(seen)),
        ]
        guard seen * 2 > frames.count else {
            return .init(
                layer: "label", found: false,
                words:
                    "no \"AI\" label at the position used by this program; cropping removes it, and other labels are not detected",
                values: values)
        }
        return .init(
            layer: "label", found: true, words: "\"AI\" label in \(seen) of \(frames.count) sampled frames",
            values: values)
    }

    private static func metadataLayer(_ file: URL) -> FileVerdict.Layer {
        guard !PictureFile.isPicture(contentsOf: file) else {
            return .init(layer: "metadata", found: nil, words: "not checked for pictures; see credentials")
        }
        do {
            let entries = try VideoReader(file).metadata
            guard let entry = entries.first(where: { OutputMetadata.declaresSynthetic($0.value) }) else {
                return .init(
                    layer: "metadata", found: false,
                    words: "no declaration of synthetic media; re-encoding removes it")
            }
            return .init(
                layer: "metadata", found: true,
                words: "\(entry.key): \(entry.value) (not authenticated)",
                values: [entry.key: .string(entry.value)])
        } catch {
            return .init(layer: "metadata", found: nil, words: "\(error)")
        }
    }

    private func ledgerLayer(_ file: URL, _ frames: [Picture]) -> FileVerdict.Layer {
        guard !ledgers.isEmpty else {
            return .init(
                layer: "ledger", found: nil,
                words: "none searched; specify the project folder with --workspace")
        }
        do {
            let (hash, looks) = (try Digest.sha256(of: file), frames.map { PerceptualHash($0) })
            for ledger in ledgers {
                if let match = try ledger.match(sha256: hash, looks: looks) {
                    return LedgerLayer(match, ledger.file).layer
                }
            }
            return .init(
                layer: "ledger", found: false,
                words: "no output of these workspaces has similar frames")
        } catch {
            return .init(layer: "ledger", found: nil, words: "\(error)")
        }
    }
}
