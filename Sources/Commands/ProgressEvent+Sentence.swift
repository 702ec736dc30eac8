import Foundation
import Workspace

extension ProgressEvent {
    /// The event as one line of text.
    var sentence: String {
        var parts = [stage.padding(toLength: 8, withPad: " ", startingAt: 0)]
        if let message { parts.append(message) }
        if let iteration = values["iteration"] { parts.append("iteration \(Int(iteration))") }
        if let rate = values["iterations_per_second"] { parts.append("\(Self.number(rate)) it/s") }
        if let source = values["loss_source"], let target = values["loss_target"] {
            parts.append("loss \(Self.number(source)) / \(Self.number(target))")
        }
        if let error = values["held_out"] { parts.append("held-out \(String(format: "%.4f", error))") }
        if let gain = values["gain_per_hour"] {
            parts.append(String(format: "gaining %.1f %% an hour", gain * 100))
        }
        if let fraction { parts.append("\(Int(fraction * 100)) %") }
        if let rate = values["frames_per_second"] { parts.append("\(Self.number(rate)) frames/s") }
        if let remaining { parts.append("\(Self.duration(remaining)) left") }
        return parts.joined(separator: "  ")
    }

    /// Three significant digits, without an exponent.
    package static func number(_ value: Double) -> String {
        switch abs(value) {
        case 100...: String(format: "%.0f", value)
        case 10..<100: String(format: "%.1f", value)
        case 1..<10: String(format: "%.2f", value)
        default: String(format: "%.3f", value)
        }
    }

    /// Hours, minutes and seconds, separated by colons.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e7 else { return "?" }
        let all = Int(max(0, seconds).rounded())
        return all >= 3600
            ? String(format: "%d:%02d:%02d", all / 3600, all / 60 % 60, all % 60)
            : String(format: "%d:%02d", all / 60, all % 60)
    }
}
