/// Seconds that an analyser spent on each of its networks, including cropping. Belongs to the analyser's thread.
package struct VisionClock: Sendable, Equatable {
    package internal(set) var detection = 0.0
    package internal(set) var landmarks = 0.0
    package internal(set) var expression = 0.0
    package internal(set) var identity = 0.0

    package init() {}

    mutating func measure<Value>(
        _ stage: WritableKeyPath<VisionClock, Double>, _ work: () throws -> Value
    ) rethrows -> Value {
        let begun = ContinuousClock.now
        let value = try work()
        self[keyPath: stage] += begun.duration(to: .now) / .seconds(1)
        return value
    }
}
