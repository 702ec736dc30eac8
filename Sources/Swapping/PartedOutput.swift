import Foundation
import Media

/// Takes finished frames and writes each part's own to its file. Used by one thread at a time.
final class PartedOutput {
    private let folder: PartsFolder
    private let info: VideoInfo
    private let encoding: EncodingSettings
    private let comparison: ComparisonVideo?
    /// Those that are to be written, in their order.
    private var waiting: [ConversionPlan.Part]
    private let unreadable: (_ part: Int) -> Int
    private let written: () -> Void
    private var current: (part: ConversionPlan.Part, video: VideoPartWriter, beside: VideoPartWriter?)?
    private var tally = PartTally()

    /// - Parameters:
    ///   - unreadable: frames of a part that could not be decoded, asked for when the part is complete.
    ///   - written: is called after each frame.
    init(
        _ folder: PartsFolder, parts: [ConversionPlan.Part], info: VideoInfo, encoding: EncodingSettings,
        comparison: ComparisonVideo?, unreadable: @escaping (_ part: Int) -> Int,
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

    /// Behind the last frame.
    func finish() throws {
        try close()
        try passEmptyParts(before: nil)
    }

    /// Of a part without any frame that can be decoded nothing comes, and of one that another run makes.
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

    /// Removes what was written of the part that is not complete.
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
