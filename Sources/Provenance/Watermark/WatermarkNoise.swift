import Foundation

/// How often a search of frames that hold no mark reads one all the same.
///
/// Fitted, round by round, to the scores that `Benchmarks/watermark` read in windows without a mark (Documentation/Watermark.md
/// has the run): of such scores the upper end falls off exponentially. Besides its score a reading needs 16 check bits that fit
/// by chance.
enum WatermarkNoise {
    /// The chance that any round of a search reads noise as far above its threshold as this round's reading is.
    static func falseAlarmRate(score: Double, round: WatermarkRound) -> Double {
        let reaching = WatermarkRound.allCases.reduce(0) { $0 + $1.noise }
        return min(1, reaching * exp((round.threshold - score) / round.fold) / 65536)
    }
}

extension WatermarkRound {
    /// Readings below are noise. What lies as it was made needs less than what many more poses had to be tried for.
    var threshold: Double {
        switch self {
        case .upright, .turned: 9.6
        case .oriented, .distorted, .parts: 10.2
        }
    }

    /// Readings of noise that reach the threshold, in each search on average.
    fileprivate var noise: Double {
        switch self {
        case .upright: 0.0114
        case .oriented: 0.0017
        case .turned: 0.0283
        case .distorted: 0.0018
        case .parts: 0.0046
        }
    }

    /// By how much a score must grow for e times fewer readings.
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
