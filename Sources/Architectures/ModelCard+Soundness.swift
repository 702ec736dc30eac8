import Foundation

extension ModelCard {
    /// The first invalid value; `nil` if all are valid. Cards are read from files and are validated before
    /// networks are built or measures are used.
    var complaint: String? {
        design.complaint ?? complaintOfPeople ?? complaintOfTraining
    }

    private static let mostPeople = 1000
    /// Measures and their means are in standard deviations: a few at most.
    private static let greatestMeasure: Float = 1e4
    private static let mostShown = 10_000
    private static let gains: ClosedRange<Float> = 0.01...100
    private static let mostIterations = 1 << 50

    private var complaintOfPeople: String? {
        guard (1...Self.mostPeople).contains(people.count) else {
            return "\(people.count) people, which must be 1 to \(Self.mostPeople)"
        }
        let names = people.map(\.name)
        guard Set(names).count == names.count, !names.contains("") else {
            return "people whose names are missing or the same"
        }
        let form = design.form(people: names)
        if form.takesMeasures, design.measures > measures.count + 1 {
            return "\(measures.count) measures and a network of \(design.measures)"
        }
        for person in people {
            let ranges = [person.offset, person.lowest, person.highest]
            guard ranges.allSatisfy({ $0.count == measures.count }) || !form.takesMeasures else {
                return "\(measures.count) measures, but not as many of '\(person.name)'"
            }
            if let gain = person.gain,
                gain.count != measures.count || !gain.allSatisfy({ Self.gains.contains($0) })
            {
                return "gains of '\(person.name)' that are out of range"
            }
            if let certainty = person.certainty,
                certainty.count != measures.count || !certainty.allSatisfy({ (0...1).contains($0) })
            {
                return "a certainty of '\(person.name)' that cannot be"
            }
            if let shown = person.shown,
                shown.faces.count > Self.mostShown || shown.weights.count != measures.count
                    || !shown.faces.allSatisfy({ $0.count == measures.count })
                    || !(shown.faces.joined() + shown.weights).allSatisfy({ abs($0) <= Self.greatestMeasure })
            {
                return "expressions of '\(person.name)' that cannot be"
            }
            if let codes = person.codes, !codes.isSound(length: design.learnedCode ?? 0) {
                return "codes of '\(person.name)' that cannot be"
            }
            guard ranges.joined().allSatisfy({ abs($0) <= Self.greatestMeasure }),
                zip(person.lowest, person.highest).allSatisfy(<=)
            else { return "measures of '\(person.name)' that are out of range" }
        }
        return nil
    }

    private var complaintOfTraining: String? {
        guard (0...Self.mostIterations).contains(iterations) else { return "iterations = \(iterations)" }
        guard seconds >= 0, seconds < 1e12 else { return "seconds = \(seconds)" }
        guard heldOutError.map({ $0.isFinite && $0 >= 0 }) ?? true else {
            return "an impossible held-out error"
        }
        guard slowed.map({ $0 > 0 && $0 <= 1 }) ?? true else { return "slowed = \(slowed ?? 0)" }
        guard merit.map({ $0.score.isFinite && $0.figures.values.allSatisfy(\.isFinite) }) ?? true else {
            return "an impossible score"
        }
        return nil
    }
}
