import Foundation
import Pictures

/// Checks the loss of every step for divergence: non-finite values, and a sudden increase that persists.
///
/// A hard batch may double the loss of one step without harm. Divergence is therefore detected if the median
/// of the last few steps exceeds twice the median of the many steps before, and exceeds it by more than their
/// spread explains.
struct DivergenceDetector {
    /// Kind of divergence. Steps before `since` were sound.
    enum Finding: Equatable {
        case noNumber(since: Int)
        case jump(since: Int, from: Double, to: Double)

        var since: Int {
            switch self {
            case .noNumber(let since), .jump(let since, _, _): since
            }
        }
    }

    /// Number of recent steps in the median; maximum and minimum number of earlier steps in the reference.
    static let few = 5
    static let many = 200
    static let fewest = 50
    /// Ratio to the reference median, and number of standard deviations, above which the loss has diverged.
    static let factor = 2.0
    static let deviations = 6.0

    /// Losses of the reference steps, without the recent ones.
    private var earlier: [Double] = []
    private var last: [Double] = []

    /// Adds a step's loss, averaged over people.
    ///
    /// - Parameter iteration: index of the step, counted from 0.
    mutating func add(_ error: Double, iteration: Int) -> Finding? {
        guard error.isFinite else { return .noNumber(since: iteration) }
        last.append(error)
        if last.count > Self.few { earlier.append(last.removeFirst()) }
        if earlier.count > Self.many { earlier.removeFirst() }
        guard last.count == Self.few, let limit, let now = last.median(), let before = earlier.median(),
            now > limit
        else { return nil }
        return .jump(since: iteration - Self.few + 1, from: before, to: now)
    }

    /// Whether the last step's loss may be the start of divergence; its result should not be saved yet.
    var isSuspicious: Bool {
        guard let limit, let error = last.last else { return false }
        return error > limit
    }

    /// Resets the detector after training was rolled back.
    mutating func forget() { (earlier, last) = ([], []) }

    /// Upper limit of the recent median; `nil` if there are too few steps.
    private var limit: Double? {
        guard earlier.count >= Self.fewest, let middle = earlier.median() else { return nil }
        // Median absolute deviation, scaled to the standard deviation of a normal distribution.
        let spread = 1.4826 * (earlier.map { abs($0 - middle) }.median() ?? 0)
        return max(middle * Self.factor, middle + Self.deviations * spread)
    }
}
