import Concurrency
import Faces
import Foundation
import Media
import Workspace

/// Creates a face set for each person in a group of clips (footage).
///
/// The clips are analysed once, into a set with the name of the footage; then the faces are clustered by identity and the
/// set of each person is completed. Each step is resumable. With further clips, known people keep their sets.
package struct FootageExtractor {
    private let extractor: Extractor
    private let fewest: Int
    private var workspace: Workspace { extractor.workspace }
    private var footage: Footage { Footage(workspace, name: extractor.set) }

    /// - Parameter fewest: minimum number of faces of a person to create a set.
    package init(_ extractor: Extractor, fewest: Int) { (self.extractor, self.fewest) = (extractor, fewest) }

    /// - Parameter reference: a picture of one person, whose set is named after the file; the other sets are numbered.
    /// - Throws: `ExtractionError`, `MediaError`, `WorkspaceError`, `CancellationError` (everything so far is kept).
    package func run(_ sources: [ClipSource], reference: URL? = nil) throws -> FootageSummary {
        let begun = ContinuousClock.now
        try Workspace.checkSetName(extractor.set)
        guard !sources.isEmpty else {
            throw ExtractionError(.noInput, "no video is specified; specify at least one")
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

    /// Prepares the record of the footage; throws if the set belongs to a single person.
    private func prepare(_ looking: inout ExtractionSummary) throws {
        let settings = workspace.settings.extraction
        let people = try footage.people()
        if let record = try workspace.index.set(extractor.set) {
            guard record.identity == nil, record.footage == nil else {
                throw ExtractionError(
                    .noInput,
                    "set '\(extractor.set)' in \(workspace.folder.path) belongs to one person; choose another --set for --everyone"
                )
            }
            let invalidating = settings.invalidatingChanges(of: record.settings)
            guard people.isEmpty || invalidating.isEmpty else {
                throw ExtractionError(
                    .noInput,
                    "the people of '\(extractor.set)' were extracted with another "
                        + "\(invalidating.joined(separator: ", ")); restore that setting, or choose another --set"
                )
            }
        }
        for person in people where !settings.placesCropsLike(person.settings) {
            try workspace.index.requireNoMasks(ofSet: person.name, before: "a change of the settings")
        }
        // Other settings change crops, not identities: the assignment to people is kept.
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

    /// Set name of the reference, such as `cast-anna` for `cast` and `anna.jpg`.
    private func referenceName(_ picture: URL) -> String {
        let stem = picture.deletingPathExtension().lastPathComponent.filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
        }
        return "\(extractor.set)-\(stem.isEmpty ? "reference" : stem)"
    }

    /// The set of the person that matches the reference.
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
        summary.seconds = begun.secondsElapsed
    }
}
