import Concurrency
import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Creates a face set from videos and pictures.
///
/// Two passes. The first detects the faces of all frames and stores them in the index, one transaction per segment of a clip.
/// Then the person of the set is chosen, and the faces are smoothed along their tracks; the second pass cuts the crops.
/// Finally the packed copy for training is written. Each pass resumes where it was interrupted, also after a kill.
package struct Extractor {
    let workspace: Workspace
    let set: String
    /// Detectors, one per thread; at least one.
    let observers: [any FaceDetectorSource]
    /// Options given for this set; `nil` keeps the options of earlier runs.
    let options: ExtractionOptions?
    let progress: ProgressHandler
    /// Frames per transaction: those of a segment.
    let batch: Int

    var observer: any FaceDetectorSource { observers[0] }

    var plan: SegmentPlan {
        let settings = workspace.settings.extraction
        return SegmentPlan(
            length: batch, every: settings.every,
            times: settings.from..<(settings.to > 0 ? settings.to : .infinity))
    }

    /// - Parameters:
    ///   - observer: detector for reference pictures and, together with `helpers`, for frames.
    ///   - helpers: detectors equivalent to the first one, each for its own thread.
    package init(
        workspace: Workspace, set: String, observer: any FaceDetectorSource,
        helpers: [any FaceDetectorSource] = [],
        options: ExtractionOptions? = nil, batch: Int = SegmentPlan.standardLength,
        progress: @escaping ProgressHandler
    ) {
        self.workspace = workspace
        self.set = set
        self.options = options
        observers = [observer] + helpers
        self.batch = max(1, batch)
        self.progress = progress
    }

    /// - Parameters:
    ///   - sources: all clips of the set; clips that it already contains are not analysed again.
    ///   - reference: a picture of the person to extract; `nil`: the most frequent person.
    /// - Throws: `ExtractionError`, `MediaError`, `WorkspaceError`, `CancellationError` (everything so far is kept).
    package func run(_ sources: [ClipSource], reference: URL? = nil) throws -> ExtractionSummary {
        let begun = ContinuousClock.now
        try Workspace.checkSetName(set)
        guard !sources.isEmpty else {
            throw ExtractionError(.noInput, "no video is specified; specify at least one")
        }
        try refuseFootage()
        try CropPresence(workspace, set: set).require()
        var summary = ExtractionSummary(set: set)
        let target = try reference.map(embedding(of:))
        var record = try prepare(&summary)
        let clips = try enter(sources)
        record = try workspace.index.set(set) ?? record  // as updated by further clips
        let gauge = ExtractionGauge(clips.map(\.estimate), progress: progress)
        for (number, clip) in clips.enumerated() {
            try ClipAnalysis(extractor: self, clip: clip, gauge: gauge, number: number).run(&summary)
        }
        if !record.isPacked || target != nil || record.identity == nil {
            // Further clips do not change the person of the set.
            try choosePerson(
                &record, reference: target ?? record.identity, clips: clips, summary: &summary)
        }
        try CropCutter(extractor: self, clips: clips, gauge: gauge).run(&summary)
        try pack(gauge, &summary)
        try finish(&summary, clips, begun)
        return summary
    }

    /// Throws if the set is a footage group or the set of one of its people, which a single person cannot be extracted into.
    private func refuseFootage() throws {
        let name = try workspace.index.set(set)?.footage ?? set
        guard try !Footage(workspace, name: name).people().isEmpty else { return }
        throw ExtractionError(
            .noInput,
            "'\(set)' in \(workspace.folder.path) belongs to the people of '\(name)'; extract further clips with "
                + "--set \(name) --everyone, or choose another --set")
    }

    /// The record of the set; results invalidated by changed settings are removed.
    func prepare(_ summary: inout ExtractionSummary) throws -> FaceSetRecord {
        let settings = workspace.settings.extraction
        guard var record = try workspace.index.set(set) else {
            var record = FaceSetRecord(name: set, settings: settings)
            record.options = options ?? record.options
            try workspace.index.save(record)
            return record
        }
        record.options = options ?? record.options
        let invalidating = settings.invalidatingChanges(of: record.settings)
        let changed = record.settings != settings
        if !invalidating.isEmpty || !settings.placesCropsLike(record.settings) {
            try workspace.index.requireNoMasks(ofSet: set, before: "a change of the settings")
        }
        if !invalidating.isEmpty {
            let options = record.options
            try workspace.index.deleteSet(set)
            record = FaceSetRecord(name: set, settings: settings)
            record.options = options
            summary.remarks.append(
                "set '\(set)' was made with another \(invalidating.joined(separator: ", ")): its videos are analysed again"
            )
        } else if changed {
            try workspace.index.forgetCrops(ofSet: set)
            record.settings = settings
            record.isPacked = false
            summary.remarks.append("set '\(set)' was made with other settings: its crops are cut again")
        }
        for remark in summary.remarks { progress(ProgressEvent(stage: "extract", message: remark)) }
        try workspace.index.save(record)
        return record
    }

    func enter(_ sources: [ClipSource]) throws -> [OpenClip] {
        var opened: [(ClipSource, ClipRecord, Int?)] = []
        for source in sources {
            let (clip, frames) = try source.open()
            // The same video under two names is analysed once.
            guard !opened.contains(where: { $0.1.fingerprint == clip.fingerprint }) else { continue }
            if let order = source.order, let count = clip.frameCount, count > 1 {
                progress(ProgressEvent(stage: "extract", message: "\(clip.name): \(order.sentence(count))"))
            }
            opened.append((source, clip, frames.estimate))
        }
        try workspace.index.checkClips(opened.map(\.1), ofSet: set, workspace: workspace.folder.path)
        let clips = try opened.map { source, clip, estimate in
            let record = try workspace.index.enter(clip)
            let state = try workspace.index.extraction(set: set, clip: record.id ?? 0)
            return OpenClip(
                source: source, record: record, state: state, estimate: record.frameCount ?? estimate)
        }
        if clips.contains(where: { !$0.state.isAnalysed || !$0.state.isCropped }),
            var record = try workspace.index.set(set), record.isPacked
        {
            record.isPacked = false
            try workspace.index.save(record)
        }
        return clips
    }

    func embedding(of reference: URL) throws -> Embedding {
        observer.reset()
        let faces = try observer.faces(in: PictureFile.read(reference))
        guard let face = faces.max(by: { $0.box.area < $1.box.area }), let embedding = face.embedding else {
            throw ExtractionError(
                .reference, "\(reference.path) shows no face; choose a sharp frontal picture"
            )
        }
        return embedding
    }

    private func choosePerson(
        _ record: inout FaceSetRecord, reference: Embedding?, clips: [OpenClip],
        summary: inout ExtractionSummary
    ) throws {
        let settings = workspace.settings.extraction
        let detections = try workspace.index.detections(ofSet: set)
        let names = clips.map { $0.source.url.path }.joined(separator: ", ")
        guard !detections.isEmpty else {
            throw ExtractionError(
                .noFace,
                "no face was found in \(names); use a video that shows the person's face, larger than about 40 pixels"
            )
        }
        let choice = IdentityChoice(
            likeness: settings.likeness == 0 ? nil : settings.likeness,
            minimumWidth: settings.minimumFaceWidth)(
                detections, reference: reference)
        if let closest = choice.likenessToReference, closest < IdentityChoice.referenceLikeness {
            throw ExtractionError(
                .reference,
                "no person in \(names) matches the reference (highest similarity \(closest)); check the picture"
            )
        }
        guard choice.verdicts.values.contains(where: { $0 == nil }) else {
            let widest = detections.map(\.faceWidth).max() ?? 0
            throw ExtractionError(
                .noFace,
                "all faces in \(names) are too small: the largest is \(Int(widest)) pixels wide; use a larger video, or "
                    + "lower extraction.minimum_face_width (\(settings.minimumFaceWidth)) in \(workspace.folder.path)/dimorph.toml"
            )
        }
        record.identity = choice.identity
        record.isPacked = false
        summary.people = choice.people
        try workspace.index.judge(choice.verdicts, set: record)
        summary.otherPersons = try SetLikeness(workspace, set: set).run()
        record = try workspace.index.set(set) ?? record
    }

    private func pack(_ gauge: ExtractionGauge, _ summary: inout ExtractionSummary) throws {
        let begun = ContinuousClock.now
        defer { summary.stages["pack", default: 0] += begun.secondsElapsed }
        try SetPacking(workspace, set: set, read: PictureFile.read).run { gauge.packing() }
    }

    private func finish(
        _ summary: inout ExtractionSummary, _ clips: [OpenClip], _ begun: ContinuousClock.Instant
    ) throws {
        summary.faces = try workspace.index.count(ofSet: set)
        let states = try workspace.index.extractions(set: set)
        summary.clips = try workspace.index.clips(ofSet: set).map { clip in
            let state = states.first { $0.clip == clip.id }
            var entry = ExtractionSummary.Clip(
                name: clip.name, frames: clip.frameCount ?? state?.nextFrame ?? 0,
                framesWithoutFace: state?.framesWithoutFace ?? 0,
                unreadableFrames: state?.unreadableFrames ?? 0)
            entry.unreadable = state?.unreadable ?? []
            entry.pictures = clips.first { $0.record.id == clip.id }?.source.order
            let jitter = Jitter(
                try workspace.index.places(set: set, clip: clip.id ?? 0), every: plan.every)
            if jitter.frames > 0 { entry.jitter = jitter }
            return entry
        }
        summary.seconds = begun.secondsElapsed
    }
}

/// A clip of the set during extraction.
struct OpenClip {
    let source: ClipSource
    let record: ClipRecord
    var state: ExtractionState
    /// Estimated number of frames.
    let estimate: Int?
}
