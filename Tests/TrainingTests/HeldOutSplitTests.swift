import Foundation
import Testing

@testable import Training

@Suite("held-out faces")
struct HeldOutSplitTests {
    private func clip(_ number: Int32, _ frames: Int, every: Int = 1, tracks: Int = 1, stills: Bool = false)
        -> [HeldOutSplit.Place]
    {
        var places: [HeldOutSplit.Place] = []
        for frame in 0..<frames {
            for track in 0..<tracks {
                let name = stills ? frame : Int(number) * 10 + track
                let place = frame * every
                places.append(
                    HeldOutSplit.Place(
                        clip: number, track: Int32(name), frame: Int32(place), time: Double(place) / 25))
            }
        }
        return places
    }

    /// The least distance in frames between faces of two parts on one track.
    private func distance(_ a: [Int], _ b: [Int], _ places: [HeldOutSplit.Place]) -> Int {
        var least = Int.max
        for first in a {
            for second in b where places[first].track == places[second].track {
                least = min(least, abs(Int(places[first].frame - places[second].frame)))
            }
        }
        return least
    }

    @Test(
        "no two parts are nearer than smoothing reaches, and no face is in two",
        arguments: [0, 2, 6, 9], [1, 2, 5])
    func gap(reach: Int, every: Int) {
        let places = clip(1, 500, every: every) + clip(2, 300, every: every, tracks: 2)
        let split = HeldOutSplit(places, reach: reach)
        #expect(split.training.count == 450 + 540)
        #expect(split.validation.count >= 15 && split.test.count >= 20)
        #expect(
            Set(split.training + split.validation + split.test).count
                == split.training.count + split.validation.count + split.test.count)
        #expect(distance(split.training, split.validation, places) > reach)
        #expect(distance(split.training, split.test, places) > reach)
        #expect(distance(split.validation, split.test, places) > reach)
    }

    @Test("many short clips give validation and test faces by turns")
    func shortClips() {
        let places = (0..<40).flatMap { clip(Int32($0), 75) }
        let split = HeldOutSplit(places, reach: 6)
        #expect(split.validation.count == 20 && split.test.count == 20)
        #expect(distance(split.training, split.validation + split.test, places) > 6)
        #expect(
            Set(split.validation.map { places[$0].clip }).isDisjoint(with: split.test.map { places[$0].clip })
        )
    }

    @Test("photographs need no gap")
    func stills() {
        let split = HeldOutSplit(clip(1, 100, stills: true), reach: 6)
        #expect(split.training.count == 90 && split.validation.count == 5 && split.test.count == 5)
    }

    @Test("too few faces give none, rather than a figure of three", arguments: [5, 30, 60])
    func tooFew(count: Int) {
        let split = HeldOutSplit(clip(1, count), reach: 6)
        #expect(split.validation.isEmpty && split.test.isEmpty)
        #expect(split.training.count == count - count / 10)
    }
}
