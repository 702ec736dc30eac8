import Foundation
import Pictures

/// Watches the error of every step for what no training gets out of by itself: numbers that are none any more, and an
/// error that has jumped up and stays there.
///
/// A hard batch may double the error of one step and does no harm. A jump is therefore a median of the last few steps
/// that lies above twice that of the many before, and further above it than their spread explains.
struct DivergenceDetector {
    /// What was found. Steps before `since` were sound.
    enum Finding: Equatable {
        case noNumber(since: Int)
        case jump(since: Int, from: Double, to: Double)

        var since: Int {
            switch self {
            case .noNumber(let since), .jump(let since, _, _): since
            }
        }
    }

    /// Steps whose median is looked at, steps that it is compared with at most, and at least.
    static let few = 5
    static let many = 200
    static let fewest = 50
    /// How many times the median must be exceeded, and by how many deviations.
    static let factor = 2.0
    static let deviations = 6.0

    /// Errors of the steps before the last few.
    private var earlier: [Double] = []
    private var last: [Double] = []

    /// Takes a step's error, meaned over people.
    ///
    /// - Parameter iteration: the step's number, counted from 0.
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

    /// Whether the last step's error is one that a jump begins with: no time to keep what the step made.
    var isSuspicious: Bool {
        guard let limit, let error = last.last else { return false }
        return error > limit
    }

    /// Begins anew, after going back.
    mutating func forget() { (earlier, last) = ([], []) }

    /// What the few must not exceed; nil while too little is known.
    private var limit: Double? {
        guard earlier.count >= Self.fewest, let middle = earlier.median() else { return nil }
        // The median of the distances to the median, as a normal distribution's deviation.
        let spread = 1.4826 * (earlier.map { abs($0 - middle) }.median() ?? 0)
        return max(middle * Self.factor, middle + Self.deviations * spread)
    }
}
