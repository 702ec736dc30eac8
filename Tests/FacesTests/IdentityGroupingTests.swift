import Foundation
import Testing

@testable import Faces

/// Directions with given cosines, along separate axes.
private struct Axes {
    private var next = 0

    /// A direction of unit length that shares `cosine` with each of the others made from the same `shared`.
    mutating func direction(_ shared: [Float]? = nil, cosine: Double = 0) -> [Float] {
        var values = [Float](repeating: 0, count: 128)
        values[next] = Float((1 - cosine).squareRoot())
        next += 1
        if let shared {
            for index in values.indices { values[index] += Float(cosine.squareRoot()) * shared[index] }
        }
        return values
    }

    /// Tracks of one person whose means have this cosine to each other.
    mutating func tracks(_ count: Int, of person: [Float], alike cosine: Double, weight: Double = 5)
        -> [TrackIdentity]
    {
        (0..<count).map { _ in
            TrackIdentity(
                mean: Embedding(values: direction(person, cosine: cosine)), weight: weight,
                likenesses: [Double](repeating: 0.93, count: 5))
        }
    }
}

@Suite("Identity grouping")
struct IdentityGroupingTests {
    private static func group(
        _ tracks: [TrackIdentity], together pairs: [(Int, Int)] = [], known: Int = 0, likeness: Double? = nil
    ) -> IdentityGrouping.Result {
        var together = [Set<Int>](repeating: [], count: tracks.count)
        for (a, b) in pairs {
            together[a].insert(b)
            together[b].insert(a)
        }
        return IdentityGrouping(likeness: likeness)(
            tracks.enumerated().map { .init($0.element, isKnown: $0.offset < known) }, together: together)
    }

    private static func mix(_ a: [Float], _ b: [Float], angle: Double) -> [Float] {
        zip(a, b).map { $0 * Float(cos(angle)) + $1 * Float(sin(angle)) }
    }

    @Test("similar people at 0.55, each consistent, are two people; so are dissimilar ones")
    func lookAlikes() {
        var axes = Axes()
        let kin = axes.direction()
        let (a, b) = (axes.direction(kin, cosine: 0.6), axes.direction(kin, cosine: 0.6))
        let other = axes.direction()
        let tracks =
            axes.tracks(3, of: a, alike: 0.92) + axes.tracks(3, of: b, alike: 0.92)
            + axes.tracks(2, of: other, alike: 0.92)
        #expect(abs(tracks[0].mean.cosine(tracks[3].mean) - 0.552) < 0.01)
        #expect(Self.group(tracks).people == [0, 0, 0, 1, 1, 1, 2, 2])
    }

    @Test("one person in many clips in changing light is one, though the extremes are hardly similar")
    func light() {
        var axes = Axes()
        let (face, light) = (axes.direction(), axes.direction())
        let tracks = (0..<12).map { clip in
            let lit = Self.mix(face, light, angle: Double(clip) * 0.095)
            return TrackIdentity(
                mean: Embedding(values: axes.direction(lit, cosine: 0.94)), weight: 6,
                likenesses: [Double](repeating: 0.9, count: 6))
        }
        #expect(tracks[0].mean.cosine(tracks[11].mean) < 0.5)
        #expect(Set(Self.group(tracks).people) == [0])
    }

    @Test("a single person is one identity, in one track and in many", arguments: [1, 2, 9])
    func single(count: Int) {
        var axes = Axes()
        let person = axes.direction()
        #expect(Set(Self.group(axes.tracks(count, of: person, alike: 0.75)).people) == [0])
    }

    @Test("dissimilar people are counted correctly", arguments: [2, 3, 7])
    func differentPeople(count: Int) {
        var axes = Axes()
        let tracks = (0..<count).flatMap { _ in
            let person = axes.direction()
            return axes.tracks(1, of: person, alike: 0.9)
        }
        #expect(Self.group(tracks).people == (0..<count).map { $0 })
    }

    @Test(
        "a track in profile is assigned to the clearly most similar person or to none, and founds no identity"
    )
    func profile() {
        var axes = Axes()
        let (a, b) = (axes.direction(), axes.direction())
        let frontal = axes.tracks(2, of: a, alike: 0.9) + axes.tracks(2, of: b, alike: 0.9)
        let turned = Self.mix(a, axes.direction(), angle: 1.05)
        let between = Self.mix(Self.mix(a, b, angle: 0.785), axes.direction(), angle: 0.9)
        let unrelated = axes.direction()
        let profiles = [turned, between, unrelated].map {
            TrackIdentity(mean: Embedding(values: $0), weight: 0.2)
        }
        #expect(Self.group(frontal + profiles).people == [0, 0, 1, 1, 0, nil, nil])
    }

    @Test("a track of five frames founds an identity")
    func brief() {
        var axes = Axes()
        let (star, extra) = (axes.direction(), axes.direction())
        let tracks =
            axes.tracks(5, of: star, alike: 0.85, weight: 40)
            + axes.tracks(1, of: extra, alike: 0.9, weight: 3)
        #expect(Self.group(tracks).people == [0, 0, 0, 0, 0, 1])
    }

    @Test("faces in the same frames are never one person's, unless mirrored")
    func together() {
        var axes = Axes()
        let person = axes.direction()
        let twins = axes.tracks(2, of: person, alike: 0.74)
        #expect(Self.group(twins).people == [0, 0])
        #expect(Self.group(twins, together: [(0, 1)]).people == [0, 1])
        let mirrored = axes.tracks(2, of: person, alike: 0.95)
        #expect(Self.group(mirrored, together: [(0, 1)]).people == [0, 0])
    }

    @Test("people in the same frames determine the similarity of different people")
    func lesson() {
        var axes = Axes()
        let kin = axes.direction()
        let people = (0..<3).map { _ in axes.direction(kin, cosine: 0.66) }
        let tracks = people.flatMap { axes.tracks(2, of: $0, alike: 0.95) }
        // 0.63 could be one person's, but the first and the second are in the same frames.
        let people2 = Self.group(tracks, together: [(0, 2)])
        #expect(people2.people == [0, 0, 1, 1, 2, 2])
        #expect(people2.threshold.lower > 0.66)
    }

    @Test("known people stay separate, keep their numbers and get their new tracks")
    func known() {
        var axes = Axes()
        let (a, b) = (axes.direction(), axes.direction())
        let known = axes.tracks(2, of: a, alike: 0.9, weight: 50)
        let new = axes.tracks(1, of: b, alike: 0.9) + axes.tracks(1, of: a, alike: 0.9)
        let result = Self.group(known + new, known: 2)
        #expect(Array(result.people.prefix(3)) == [0, 1, 2])
        #expect(result.people[3] == 0 || result.people[3] == 1)
    }

    @Test("a given threshold overrides the footage")
    func given() {
        var axes = Axes()
        let person = axes.direction()
        let tracks = axes.tracks(3, of: person, alike: 0.7)
        #expect(Self.group(tracks, likeness: 0.8).people == [0, 1, 2])
        #expect(Self.group(tracks, likeness: 0.6).people == [0, 0, 0])
    }

    @Test("no candidates")
    func empty() { #expect(Self.group([]).people == []) }
}

@Suite("Track identity")
struct TrackIdentityTests {
    @Test("an occluded frame hardly changes the mean, a profile has little weight")
    func robust() throws {
        var axes = Axes()
        let person = axes.direction()
        let good = (0..<4).map { _ in
            (embedding: Embedding(values: axes.direction(person, cosine: 0.9)), weight: 1.0)
        }
        let covered = (embedding: Embedding(values: axes.direction()), weight: 1.0)
        let track = try #require(TrackIdentity(good + [covered]))
        #expect(track.mean.cosine(Embedding(values: person)) > 0.96)
        #expect(track.weight == 5)
        #expect(TrackIdentity([]) == nil)
    }

    @Test("weights fall with turn and size, but frontal faces keep a weight")
    func weights() {
        let weight = { (yaw: Float, width: Double) in
            HeadPose(yaw: yaw, pitch: 0, roll: 40).identityWeight(faceWidth: width)
        }
        #expect(weight(0, 100) == 1 && weight(-25, 64) == 1)
        #expect(weight(45, 100) == 0.5 && abs(weight(-80, 100) - 0.02) < 1e-9)
        #expect(weight(0, 10) == 0.35)
    }
}

@Suite("Likeness spread")
struct LikenessSpreadTests {
    @Test("another person is an outlier of a narrow distribution, a turned face is not one of a wide one")
    func spread() throws {
        let narrow = try #require(LikenessSpread((0..<50).map { 0.9 + 0.001 * Double($0 % 7) }))
        #expect(narrow.least == 0.4)
        let wide = try #require(LikenessSpread((0..<50).map { 0.45 + 0.01 * Double($0) }))
        #expect(wide.least == 0.1)
        #expect(LikenessSpread([]) == nil)
        // In footage outside the set.
        #expect(narrow.leastElsewhere == 0.6 && wide.leastElsewhere == 0.45)
        let middling = try #require(LikenessSpread((0..<50).map { 0.8 + 0.001 * Double($0) }))
        #expect(abs(middling.leastElsewhere - 0.525) < 1e-6)
    }
}
