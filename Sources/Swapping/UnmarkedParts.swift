import Foundation
import Media
import Provenance

/// The target's own frames as parts of an output without a swapped face: a label and a watermark would be wrong.
struct UnmarkedParts {
    let target: URL
    let plan: ConversionPlan
    let info: VideoInfo
    let encoding: EncodingSettings
    let comparison: ComparisonVideo?
    let layer: ConversionLayer
    let isAllowed: Bool

    /// - Throws: `SwappingError` `unchanged` with the reason why no face was swapped.
    func requireAllowed(_ sightings: SwapStatistics) throws {
        try Self.requireAllowed(isAllowed, sightings, of: target.path)
    }

    static func requireAllowed(_ isAllowed: Bool, _ sightings: SwapStatistics, of target: String) throws {
        guard !isAllowed else { return }
        let reasons = sightings.people.map { sightings.reason(for: $0) }
        throw SwappingError(
            .unchanged,
            "\(target): no face was swapped, and nothing is written. \(Set(reasons).sorted().joined(separator: "; ")). With "
                + "--allow-unchanged the picture is written as it is, without marks of synthetic media")
    }

    /// Writes the missing parts, into a folder within that of the marked parts.
    ///
    /// - Throws: `MediaError`, `CancellationError`: complete parts are kept.
    func written(in folder: PartsFolder) throws -> PartsFolder {
        let inner = try folder.unmarked()
        let missing = plan.parts.filter { inner.tally($0.number) == nil }
        guard !missing.isEmpty else { return inner }
        let source = PartedFrames(try VideoReader(target), parts: missing, claim: inner.claim)
        let sink = PartedOutput(
            inner, parts: missing, info: info, encoding: encoding, comparison: comparison,
            unreadable: source.unreadable, written: {})
        do {
            while let next = try source.next() {
                try Task.checkCancellation()
                try sink.append(
                    FinishedFrame(
                        part: next.part, frame: next.frame.blankCanvas(for: layer), original: next.frame))
            }
            try sink.finish()
        } catch {
            sink.cancel()
            inner.releaseAll()
            throw error
        }
        return inner
    }
}

extension ConversionReport {
    /// The swapped content of the output; `nil` if no face is swapped.
    ///
    /// - Parameter isSequence: whether the output consists of numbered pictures.
    package func statement(of layer: ConversionLayer, isSequence: Bool = false) -> SwapStatement? {
        guard !isUnchanged else { return nil }
        let content: SwapStatement.Content =
            switch layer {
            case .result: isSequence ? .pictures : .video
            case .face: .face
            case .mask: .mask
            }
        return SwapStatement(content, swapped: swapped, frames: frames)
    }

    /// Metadata of the output's container.
    func metadata(of layer: ConversionLayer) -> [String: String] {
        var entries = statement(of: layer).map { OutputMetadata($0).entries } ?? OutputMetadata.unchanged
        entries["MissingFrames"] = MissingFrames.sentence(missing)
        return entries
    }
}
