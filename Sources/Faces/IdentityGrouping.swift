/// Groups tracks by person without a given number of people.
///
/// Tracks with clear faces are joined by average linkage; tracks in the same frames are never joined. The footage itself
/// determines the threshold (`LikenessThreshold`). Tracks without a clear face, such as a profile throughout, do not found
/// an identity: they are assigned afterwards to the person to whom they are clearly most similar.
package struct IdentityGrouping: Sendable {
    package struct Candidate: Sendable {
        package var identity: TrackIdentity
        /// A known person: never joined with another known one.
        package var isKnown: Bool

        package init(_ identity: TrackIdentity, isKnown: Bool = false) {
            (self.identity, self.isKnown) = (identity, isKnown)
        }
    }

    package struct Result: Sendable, Equatable {
        /// The person's number for each candidate; `nil` if it cannot be determined.
        package var people: [Int?]
        package var threshold: LikenessThreshold
    }

    /// Cosine from which two tracks are one person's; `nil` to derive it from the footage.
    package var likeness: Double?

    /// Least weight of a track's best embedding to found an identity: a frontal face, however small, has more, a face
    /// turned by 55° less.
    static let founding = 0.3
    /// Least cosine of unclear tracks, and its least margin over the second.
    static let attaching = 0.35
    static let lead = 0.08
    /// Faces in one frame of at least this similarity are one person's, seen twice: a mirror, a screen.
    static let mirrored = 0.8

    package init(likeness: Double? = nil) { self.likeness = likeness }

    /// - Parameter together: for each candidate, those in the same frames.
    package func callAsFunction(_ candidates: [Candidate], together: [Set<Int>]) -> Result {
        let apart = separated(candidates, together)
        var founders = candidates.indices.filter {
            candidates[$0].isKnown || candidates[$0].identity.best >= Self.founding
        }
        if founders.isEmpty { founders = Array(candidates.indices) }
        var position: [Int: Int] = [:]
        for (place, index) in founders.enumerated() { position[index] = place }
        var agglomeration = Agglomeration(
            founders.map { candidates[$0].identity.mean },
            weights: founders.map { candidates[$0].identity.weight },
            apart: founders.map { Set(apart[$0].compactMap { position[$0] }) })
        let merges = agglomeration.merges()
        let threshold = LikenessThreshold(
            given: likeness, heights: merges.map(\.height),
            genuine: candidates.flatMap(\.identity.likenesses),
            impostors: strangers(candidates, apart))
        var root = Array(founders.indices)
        for merge in merges.prefix(while: { $0.height >= threshold.value }) {
            root[merge.joined] = merge.kept
        }
        var people = [Int?](repeating: nil, count: candidates.count)
        var numbers: [Int: Int] = [:]
        for (place, index) in founders.enumerated() {
            var top = place
            while root[top] != top { top = root[top] }
            people[index] = numbers[top] ?? numbers.count
            numbers[top] = people[index]
        }
        attach(candidates, apart, &people)
        return Result(people: people, threshold: threshold)
    }

    /// Pairs that must not be joined: candidates in the same frames, mirrors excepted, and known people.
    private func separated(_ candidates: [Candidate], _ together: [Set<Int>]) -> [Set<Int>] {
        var apart = together
        for (index, others) in together.enumerated() {
            apart[index] = others.filter {
                candidates[index].identity.mean.cosine(candidates[$0].identity.mean) < Float(Self.mirrored)
            }
        }
        let known = Set(candidates.indices.filter { candidates[$0].isKnown })
        for index in known { apart[index].formUnion(known.subtracting([index])) }
        return apart
    }

    /// Cosines of tracks that cannot be one person's because both faces are in the picture.
    private func strangers(_ candidates: [Candidate], _ apart: [Set<Int>]) -> [Double] {
        candidates.indices.flatMap { index in
            apart[index].filter { $0 > index }.sorted().filter {
                !(candidates[index].isKnown && candidates[$0].isKnown)
                    && min(candidates[index].identity.best, candidates[$0].identity.best) >= Self.founding
            }
            .map { Double(candidates[index].identity.mean.cosine(candidates[$0].identity.mean)) }
        }
    }

    /// Assigns candidates without a person to the most similar one if no other is nearly as similar.
    private func attach(_ candidates: [Candidate], _ apart: [Set<Int>], _ people: inout [Int?]) {
        var members: [Int: [Int]] = [:]
        for (index, person) in people.enumerated() {
            if let person { members[person, default: []].append(index) }
        }
        let centres = members.compactMapValues {
            TrackIdentity.joined($0.map { candidates[$0].identity })?.mean
        }
        for index in candidates.indices where people[index] == nil {
            let mean = candidates[index].identity.mean
            let ranking = centres.filter { person, _ in
                apart[index].isDisjoint(with: members[person] ?? [])
            }
            .map { (person: $0.key, cosine: Double($0.value.cosine(mean))) }
            .sorted { ($0.cosine, $1.person) > ($1.cosine, $0.person) }
            guard let best = ranking.first, best.cosine >= Self.attaching,
                ranking.count < 2 || best.cosine - ranking[1].cosine >= Self.lead
            else { continue }
            people[index] = best.person
        }
    }
}
