import Foundation
import Media

/// Writes finished frames to the files of their parts. Used by one thread at a time.
final class PartedOutput {
    private let folder: PartsFolder
    private let info: VideoInfo
    private let encoding: EncodingSettings
    private let comparison: ComparisonVideo?
    /// The parts to write, in order.
    private var waiting: [ConversionPlan.Part]
    private let unreadable: (_ part: Int) -> [UnreadablePlace]
    private let written: () -> Void
    private var current: (part: ConversionPlan.Part, video: VideoPartWriter, beside: VideoPartWriter?)?
    private var tally = PartTally()

    /// - Parameters:
    ///   - unreadable: positions of undecodable frames of a part; called when the part is complete.
    ///   - written: called after each frame.
    init(
        _ folder: PartsFolder, parts: [ConversionPlan.Part], info: VideoInfo, encoding: EncodingSettings,
        comparison: ComparisonVideo?, unreadable: @escaping (_ part: Int) -> [UnreadablePlace],
        written: @escaping () -> Void
    ) {
        (self.folder, waiting, self.info, self.encoding) = (folder, parts, info, encoding)
        (self.comparison, self.unreadable, self.written) = (comparison, unreadable, written)
    }

    func append(_ finished: FinishedFrame<VideoFrame>) throws {
        if current?.part.number != finished.part {
            try close()
            try passEmptyParts(before: finished.part)
            try open()
        }
        guard let current, current.part.core.contains(finished.frame.time) else { return }
        try current.video.append(finished.frame)
        if let comparison, let beside = current.beside {
            try beside.append(comparison.frame(finished))
        }
        if finished.isSwapped { tally.swapped += 1 }
        tally.sightings.add(finished.sighting)
        written()
    }

    /// Finishes the output after the last frame.
    func finish() throws {
        try close()
        try passEmptyParts(before: nil)
    }

    /// Skips parts without a decodable frame and parts that another run converts.
    private func passEmptyParts(before next: Int?) throws {
        while let part = waiting.first, part.number != next {
            guard folder.isClaimed(part.number) else {
                waiting.removeFirst()
                continue
            }
            try open()
            try close()
        }
    }

    /// Removes the incomplete part's files.
    func cancel() {
        current?.video.cancel()
        current?.beside?.cancel()
        current = nil
        folder.releaseAll()
    }

    private func open() throws {
        guard let part = waiting.first else { return }
        waiting.removeFirst()
        tally = PartTally()
        current = (
            part, try VideoPartWriter(folder.part(part.number), like: info, settings: encoding),
            try comparison.map { try $0.writer(folder.comparison(part.number)) }
        )
    }

    private func close() throws {
        guard let (part, video, beside) = current else { return }
        try beside?.finish()
        try video.finish()
        current = nil
        (tally.frames, tally.end, tally.unreadable) = (video.frameCount, video.end, unreadable(part.number))
        try folder.finish(part.number, tally)
    }
}
