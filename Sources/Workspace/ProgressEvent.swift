import Foundation

/// Receives progress events of a stage. Called from the threads of the stage, at intervals, not for every frame.
package typealias ProgressHandler = @Sendable (ProgressEvent) -> Void

/// Progress of a stage: written by `--json` as one object per line, and shown on a terminal as one line.
package struct ProgressEvent: Sendable, Codable, Equatable {
    /// The reporting stage: `extract`, `train`, `convert`, `evaluate`.
    package var stage: String
    /// Message for the user; `nil` if the values are sufficient.
    package var message: String?
    /// Completed fraction of the stage, 0…1; `nil` if unknown.
    package var fraction: Double?
    /// Estimated remaining time in seconds; `nil` if unknown.
    package var remaining: Double?
    /// Values by name, in snake case, such as `iteration` or `frames_per_second`.
    package var values: [String: Double]
    /// Files written by the stage, by kind, such as `preview`.
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

    /// The event as one line of JSON with sorted keys, without a line break. Values that JSON does not support (NaN, infinity)
    /// are omitted.
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
