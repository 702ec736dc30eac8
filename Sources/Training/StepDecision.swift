/// Actions before the next step. Clocks differ between processes: the values of rank 0 apply to all.
struct StepDecision: Equatable {
    /// Whether training was asked to stop; a request on any rank stops all.
    var isCancelled: Bool
    var isDone: Bool
    var looks = false
    var saves = false
    var reports = false
    /// Fraction of the training that is done, 0…1, which determines the learning rate.
    var progress = 0.0

    init(isCancelled: Bool, isDone: Bool) { (self.isCancelled, self.isDone) = (isCancelled, isDone) }

    /// Whether to check the losses of the last steps, and whether their result will be saved.
    var looksBack: Bool { keeps || looks || reports }
    var keeps: Bool { isCancelled || isDone || saves }

    /// The decision of rank 0, broadcast to all.
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
