import Commands
import Extraction
import Media
import Workspace

/// Messages of an extraction about single clips: jitter of the crops and unreadable frames.
enum ClipWarnings {
    /// Messages as lines of text.
    static func lines(_ summary: ExtractionSummary) -> [String] {
        let steadiness = summary.clips.compactMap { clip in
            clip.jitter.map {
                "\(clip.name): jitter of the crops \(percent($0.smoothed)) of the face width, \(percent($0.raw)) before smoothing"
            }
        }
        return summary.clips.compactMap(order) + steadiness + summary.clips.compactMap(unreadable)
    }

    /// Progress events, one per clip.
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

    /// Statistics over all clips.
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

    /// How the pictures of a folder were interpreted.
    private static func order(_ clip: ExtractionSummary.Clip) -> String? {
        guard clip.frames > 1, let order = clip.pictures else { return nil }
        return "\(clip.name): \(order.sentence(clip.frames))"
    }

    private static func unreadable(_ clip: ExtractionSummary.Clip) -> String? {
        guard clip.unreadableFrames > 0 else { return nil }
        if clip.unreadable.first?.file == nil { return missing(clip) }
        let named = clip.unreadable.prefix(20).map { frame in
            frame.file ?? "\(frame.frame)"
        }
        let more = clip.unreadableFrames > named.count ? ", …" : ""
        return
            "\(clip.name): \(clip.unreadableFrames) picture\(clip.unreadableFrames == 1 ? "" : "s") could not be read: "
            + named.joined(separator: ", ") + more
    }

    /// Unreadable frames of a video as time ranges.
    private static func missing(_ clip: ExtractionSummary.Clip) -> String? {
        let places = clip.unreadable.map { UnreadablePlace(frame: $0.frame, time: $0.time) }
        // Frame rate, estimated from the unreadable frames.
        let rates = clip.unreadable.filter { $0.time > 0 && $0.frame > 0 }.map { Double($0.frame) / $0.time }
            .sorted()
        let rate = rates.isEmpty ? 25 : rates[rates.count / 2]
        let stretches = MissingFrames.stretches(places, frameRate: rate)
        guard let sentence = MissingFrames.sentence(stretches) else {
            return "\(clip.name): \(counted(clip.unreadableFrames, "frame")) could not be decoded"
        }
        let unnamed = clip.unreadableFrames - stretches.reduce(0) { $0 + $1.count }
        return "\(clip.name): \(sentence)" + (unnamed > 0 ? ", and \(unnamed) more" : "")
    }

    private static func percent(_ share: Double) -> String { "\(ProgressEvent.number(share * 100)) %" }
}
