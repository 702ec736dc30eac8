import Foundation

/// False alarm rates of the watermark search.
///
/// Fitted per round to the scores of `Benchmarks/watermark` in unmarked windows (see Documentation/Watermark.md): their upper
/// tail decreases exponentially. Besides its score, a false reading needs 16 CRC bits that match by chance.
enum WatermarkNoise {
    /// Probability that any round of a search reads noise as far above its threshold as this round's reading.
    static func falseAlarmRate(score: Double, round: WatermarkRound) -> Double {
        let reaching = WatermarkRound.allCases.reduce(0) { $0 + $1.noise }
        return min(1, reaching * exp((round.threshold - score) / round.fold) / 65536)
    }
}

extension WatermarkRound {
    /// Minimum score of a valid reading. Rounds over few poses need a lower threshold than rounds over many.
    var threshold: Double {
        switch self {
        case .upright, .turned: 9.6
        case .oriented, .distorted, .parts: 10.2
        }
    }

    /// Expected number of noise readings per search that reach the threshold.
    fileprivate var noise: Double {
        switch self {
        case .upright: 0.0114
        case .oriented: 0.0017
        case .turned: 0.0283
        case .distorted: 0.0018
        case .parts: 0.0046
        }
    }

    /// Score difference by which noise readings become e times rarer.
    fileprivate var fold: Double {
        switch self {
        case .upright: 0.207
        case .oriented: 0.212
        case .turned: 0.206
        case .distorted: 0.220
        case .parts: 0.244
        }
    }
}
