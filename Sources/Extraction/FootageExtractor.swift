import Faces
import Foundation
import Media
import Workspace

/// Makes a set for each person in some footage.
///
/// The clips are looked at once, into the footage's own set; then the people are told apart and each one's set is finished.
/// Each step goes on where it was when it is run again. With further clips, people who are known keep their sets.
package struct FootageExtractor {
    private let extractor: Extractor
    private let fewest: Int
    private var workspace: Workspace { extractor.workspace }
    private var footage: Footage { Footage(workspace, name: extractor.set) }

    /// - Parameter fewest: people with fewer faces get no set.
    package init(_ extractor: Extractor, fewest: Int) { (self.extractor, self.fewest) = (extractor, fewest) }

    /// - Parameter reference: a picture of one of them; that person's set is called after the file, and the others by number.
    /// - Throws: `ExtractionError`, `MediaError`, `WorkspaceError`, `CancellationError` (everything so far is kept).
    package func run(_ sources: [ClipSource], reference: URL? = nil) throws -> FootageSummary {
        let begun = ContinuousClock.now
        try Workspace.checkSetName(extractor.set)
        guard !sources.isEmpty else {
            throw ExtractionError(.noInput, "no video is named; name at least one")
        }
        var looking = ExtractionSummary(set: extractor.set)
        let target = try reference.map(extractor.embedding(of:))
        try prepare(&looking)
        let clips = try extractor.enter(sources)
        let gauge = ExtractionGauge(clips.map(\.estimate), progress: extractor.progress)
        for (number, clip) in clips.enumerated() {
            try ClipAnalysis(extractor: extractor, clip: clip, gauge: gauge, number: number).run(&looking)
        }
        var summary = FootageSummary(footage: extractor.set)
        try assignPeople(&summary, reference: target, name: reference.map(referenceName))
        for person in try footage.people() {
            try Task.checkCancellation()
            let finisher = try FaceSetWriter(
                workspace, set: person.name, observer: extractor.observer, progress: extractor.progress)
            summary.sets.append(try finisher.run(sources))
        }
        try finish(&summary, looking, begun)
        if let target { summary.reference = try mostSimilar(target) }
        return summary
    }

    /// The footage's record; refuses a set that is one person's.
    private func prepare(_ looking: inout ExtractionSummary) throws {
        let settings = workspace.settings.extraction
        let people = try footage.people()
        if let record = try workspace.index.set(extractor.set) {
            guard record.identity == nil, record.footage == nil else {
                throw ExtractionError(
                    .noInput,
                    "set '\(extractor.set)' in \(workspace.folder.path) is one person's; name another --set for --everyone"
                )
            }
            let invalidating = settings.invalidatingChanges(of: record.settings)
            guard people.isEmpty || invalidating.isEmpty else {
                throw ExtractionError(
                    .noInput,
                    "the people of '\(extractor.set)' were found with another \(invalidating.joined(separator: ", ")); set that "
                        + "back, or name another --set")
            }
        }
        for person in people where !settings.placesCropsLike(person.settings) {
            try workspace.index.requireNoMasks(ofSet: person.name, before: "a change of the settings")
        }
        // Other settings change how faces are cut, not whose they are: what was told apart stays so.
        let earlier = try people.isEmpty ? [] : workspace.index.extractions(set: extractor.set)
        _ = try extractor.prepare(&looking)
        for state in earlier where state.isCropped { try workspace.index.commit([], state) }
        for var person in people where person.settings != settings {
            try workspace.index.forgetCrops(ofSet: person.name)
            let small = try workspace.index.detections(ofSet: person.name)
                .filter { $0.rejection == nil && $0.faceWidth < settings.minimumFaceWidth }
            try workspace.index.judge(
                Dictionary(small.map { ($0.id, .tooSmall) }) { first, _ in first }, set: person)
            person.settings = settings
            person.isPacked = false
            try workspace.index.save(person)
        }
    }

    private func assignPeople(_ summary: inout FootageSummary, reference: Embedding?, name: String?) throws {
        guard try !footage.isAssigned() else { return }
        let given = workspace.settings.extraction.likeness
        let outcome = try footage.assignPeople(
            fewest: fewest, likeness: given == 0 ? nil : given, reference: reference, referenceName: name)
        summary.new = outcome.new
        summary.seldom = outcome.seldom
        summary.threshold = outcome.threshold
    }

    /// `cast` and `anna.jpg` make `cast-anna`.
    private func referenceName(_ picture: URL) -> String {
        let stem = picture.deletingPathExtension().lastPathComponent.filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
        }
        return "\(extractor.set)-\(stem.isEmpty ? "reference" : stem)"
    }

    /// The set of the person whom a picture shows.
    private func mostSimilar(_ reference: Embedding) throws -> String? {
        let likeness = { (set: FaceSetRecord) in set.identity?.cosine(reference) ?? -1 }
        let best = try footage.people().max { likeness($0) < likeness($1) }
        return best.flatMap { likeness($0) >= IdentityChoice.referenceLikeness ? $0.name : nil }
    }

    private func finish(
        _ summary: inout FootageSummary, _ looking: ExtractionSummary, _ begun: ContinuousClock.Instant
    ) throws {
        summary.frames = looking.frames
        summary.stages = looking.stages
        for set in summary.sets {
            for (stage, seconds) in set.stages { summary.stages[stage, default: 0] += seconds }
        }
        summary.unassigned = try workspace.index.count(ofSet: extractor.set).seen
        guard !summary.sets.isEmpty || summary.unassigned > 0 else {
            let names = try workspace.index.clips(ofSet: extractor.set).map(\.path).joined(separator: ", ")
            throw ExtractionError(
                .noFace,
                "no face was found in \(names); use a video that shows people's faces, larger than about 40 pixels"
            )
        }
        summary.seconds = begun.seconds
    }
}
