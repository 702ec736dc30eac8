/// What is to be done before the next step. Clocks differ: where several processes train, the first one's hold.
struct StepDecision: Equatable {
    /// Whether this process has been told to end; any one's word ends all.
    var isCancelled: Bool
    var isDone: Bool
    var looks = false
    var saves = false
    var reports = false
    /// Share of the training that is done, 0…1, which the learning rate follows.
    var progress = 0.0

    init(isCancelled: Bool, isDone: Bool) { (self.isCancelled, self.isDone) = (isCancelled, isDone) }

    /// Whether the last steps' errors are to be looked at, and whether what they made will be kept.
    var looksBack: Bool { keeps || looks || reports }
    var keeps: Bool { isCancelled || isDone || saves }

    /// The orders that all follow.
    func agreed(among processGroup: any ProcessGroup) throws -> StepDecision {
        func number(_ flag: Bool) -> Double { flag ? 1 : 0 }
        let own = [number(isDone), number(looks), number(saves), number(reports), progress]
        let sums = try processGroup.sum(
            [number(isCancelled)] + (processGroup.isFirst ? own : own.map { _ in 0 }))
        var all = StepDecision(isCancelled: sums[0] > 0, isDone: sums[1] > 0)
        (all.looks, all.saves, all.reports) = (sums[2] > 0, sums[3] > 0, sums[4] > 0)
        all.progress = sums[5]
        return all
    }
}
