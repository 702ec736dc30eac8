import Foundation

/// Takes note of how far a stage has come. Called from the stage's own threads, now and then, never for each frame.
package typealias ProgressHandler = @Sendable (ProgressEvent) -> Void

/// How far a stage has come: what `--json` writes, one object a line, and what a terminal shows as one line.
package struct ProgressEvent: Sendable, Codable, Equatable {
    /// The stage that speaks: `extract`, `train`, `convert`, `evaluate`.
    package var stage: String
    /// What it does, in words for a person; nil where the values say it all.
    package var message: String?
    /// Done share of the stage, 0…1; nil where nobody knows.
    package var fraction: Double?
    /// Seconds that the stage will still take; nil where nobody knows.
    package var remaining: Double?
    /// Figures by name, in snake case, such as `iteration` or `frames_per_second`.
    package var values: [String: Double]
    /// Files that the stage has written, by what they are, such as `preview`.
    package var files: [String: String]

    package init(
        stage: String, message: String? = nil, fraction: Double? = nil, remaining: Double? = nil,
        values: [String: Double] = [:], files: [String: String] = [:]
    ) {
        self.stage = stage
        self.message = message
        self.fraction = fraction
        self.remaining = remaining
        self.values = values
        self.files = files
    }

    /// The event as one line of JSON with sorted keys, without a line break. Figures that JSON has no word for (NaN,
    /// infinite) are left out.
    package var line: String {
        var event = self
        event.values = values.filter { $0.value.isFinite }
        event.fraction = fraction.flatMap { $0.isFinite ? $0 : nil }
        event.remaining = remaining.flatMap { $0.isFinite ? $0 : nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(event) else { return "{\"stage\":\"\(stage)\"}" }
        return String(decoding: data, as: UTF8.self)
    }

    package init(line: String) throws {
        self = try JSONDecoder().decode(ProgressEvent.self, from: Data(line.utf8))
    }
}
