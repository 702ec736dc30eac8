import Commands
import Extraction
import Workspace

/// What an extraction says of single clips: how steady their crops are, and what could not be read.
enum ClipRemarks {
    /// For people, a line each.
    static func lines(_ summary: ExtractionSummary) -> [String] {
        let steadiness = summary.clips.compactMap { clip in
            clip.jitter.map {
                "\(clip.name): crops tremble by \(percent($0.smoothed)) of the face's width, \(percent($0.raw)) before smoothing"
            }
        }
        return summary.clips.compactMap(order) + steadiness + summary.clips.compactMap(unreadable)
    }

    /// For programs, an event each.
    static func events(_ summary: ExtractionSummary) -> [ProgressEvent] {
        summary.clips.map { clip in
            var values = [
                "frames": Double(clip.frames), "frames_without_face": Double(clip.framesWithoutFace),
                "unreadable": Double(clip.unreadableFrames),
            ]
            values["jitter_raw"] = clip.jitter?.raw
            values["jitter_smoothed"] = clip.jitter?.smoothed
            return ProgressEvent(
                stage: "extract", message: unreadable(clip) ?? order(clip), values: values,
                files: ["clip": clip.name])
        }
    }

    /// Figures of all clips together.
    static func values(_ summary: ExtractionSummary) -> [String: Double] {
        var values = ["unreadable": Double(summary.clips.map(\.unreadableFrames).reduce(0, +))]
        let jitters = summary.clips.compactMap(\.jitter)
        let frames = Double(jitters.map(\.frames).reduce(0, +))
        if frames > 0 {
            func mean(_ value: (Jitter) -> Double) -> Double {
                (jitters.map { value($0) * value($0) * Double($0.frames) }.reduce(0, +) / frames).squareRoot()
            }
            values["jitter_raw"] = mean(\.raw)
            values["jitter_smoothed"] = mean(\.smoothed)
        }
        return values
    }

    /// What pictures were taken for.
    private static func order(_ clip: ExtractionSummary.Clip) -> String? {
        guard clip.frames > 1, let order = clip.pictures else { return nil }
        return "\(clip.name): \(order.sentence(clip.frames))"
    }

    private static func unreadable(_ clip: ExtractionSummary.Clip) -> String? {
        guard clip.unreadableFrames > 0 else { return nil }
        let named = clip.unreadable.prefix(20).map { frame in
            frame.file ?? "\(frame.frame) (at \(ProgressEvent.number(frame.time)) s)"
        }
        let more = clip.unreadableFrames > named.count ? ", …" : ""
        let what = clip.unreadable.first?.file == nil ? "frame" : "picture"
        return
            "\(clip.name): \(clip.unreadableFrames) \(what)\(clip.unreadableFrames == 1 ? "" : "s") could not be read: "
            + named.joined(separator: ", ") + more
    }

    private static func percent(_ share: Double) -> String { "\(ProgressEvent.number(share * 100)) %" }
}
