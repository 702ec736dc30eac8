import Foundation

extension ConvergenceEstimate {
    /// The trend as a sentence, without a full stop.
    package var sentence: String {
        switch verdict {
        case .tooEarly: return "too early to say whether it still improves"
        case .plateau: return "gains less than \(Self.percent(Self.negligible)) an hour now"
        case .worsening:
            return "getting worse since \(Self.words(sinceBest)): overfitting; the model of then was better"
        case .improving:
            let (length, name) = span
            let hourly = min(max(gain ?? 0, 0), 1 - 1e-12)
            let share = -expm1(log1p(-hourly) * length / 3600)
            return "still improving: \(Self.percent(share)) \(name)"
        }
    }

    /// Unit of time in which a gain is reported: no longer than the training time so far.
    private var span: (seconds: Double, name: String) {
        switch seconds {
        case 3600...: (3600, "an hour")
        case 600..<3600: (600, "in ten minutes")
        default: (60, "a minute")
        }
    }

    /// A fraction as a percentage, with one decimal place for small values.
    package static func percent(_ share: Double) -> String {
        let value = share * 100
        return value < 9.95 && value.rounded() != value
            ? String(format: "%.1f %%", value) : String(format: "%.0f %%", value)
    }

    /// A duration in words.
    package static func words(_ seconds: Double) -> String {
        func count(_ number: Double, _ unit: String) -> String {
            let whole = Int(number.rounded())
            return "\(whole) \(unit)\(whole == 1 ? "" : "s")"
        }
        switch seconds {
        case ..<90: return count(seconds, "second")
        case ..<5400: return count(seconds / 60, "minute")
        case ..<172_800: return count(seconds / 3600, "hour")
        default: return count(seconds / 86_400, "day")
        }
    }
}
