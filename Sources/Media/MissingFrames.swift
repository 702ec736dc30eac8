/// A time range of a video in which no frame could be decoded.
package struct MissingFrames: Sendable, Codable, Equatable {
    package let count: Int
    /// Start in seconds from the clip's start; the previous frame is shown during the range.
    package let from: Double
    package let to: Double

    /// Merges consecutive missing frames.
    ///
    /// - Parameters:
    ///   - places: in any order, possibly repeated.
    ///   - frameRate: frames per second.
    package static func stretches(_ places: [UnreadablePlace], frameRate: Double) -> [MissingFrames] {
        let step = 1 / max(1e-3, frameRate)
        var stretches: [MissingFrames] = []
        for time in places.map(\.time).sorted() {
            guard let last = stretches.last, time < last.to + step / 2 else {
                stretches.append(MissingFrames(count: 1, from: time, to: time + step))
                continue
            }
            // The same frame, reported by two readers.
            guard time > last.to - step / 2 else { continue }
            stretches[stretches.count - 1] = MissingFrames(
                count: last.count + 1, from: last.from, to: time + step)
        }
        return stretches
    }

    /// The range as text, such as "2.800–2.880 s".
    package var times: String {
        func text(_ seconds: Double) -> String {
            let thousandths = Int((max(0, seconds) * 1000).rounded())
            let rest = String(thousandths % 1000)
            return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
        }
        return "\(text(from))–\(text(to)) s"
    }

    /// A summary, such as "2 frames could not be decoded: 2.800–2.880 s"; `nil` if there are none.
    package static func sentence(_ stretches: [MissingFrames], named: Int = 20) -> String? {
        guard !stretches.isEmpty else { return nil }
        let count = stretches.reduce(0) { $0 + $1.count }
        let times = stretches.prefix(named).map(\.times).joined(separator: ", ")
        let more = stretches.count > named ? ", and \(stretches.count - named) more places" : ""
        return "\(count) frame\(count == 1 ? "" : "s") could not be decoded: \(times)\(more)"
    }
}
