import Foundation

/// How often a search of frames that hold no mark reads one all the same.
///
/// Fitted to the scores that `Benchmarks/watermark` read in windows without a mark (Documentation/Watermark.md has the run): of
/// such scores the upper end falls off exponentially. Besides its score a reading needs 16 check bits that fit by chance.
enum WatermarkNoise {
    /// Readings of a search that reach `WatermarkReading.threshold`, on average.
    private static let readings = 0.041
    /// By how much a score must grow for e times fewer readings.
    private static let fold = 0.193

    static func falseAlarmRate(score: Double) -> Double {
        let reaching = readings * exp((Double(WatermarkReading.threshold) - score) / fold)
        return min(1, reaching / 65536)
    }
}
