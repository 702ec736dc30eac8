import ArgumentParser
import Commands
import Curation
import Evaluation
import Extraction
import Faces
import Files
import Foundation
import Media
import Pictures
import Provenance
import Swapping
import Tensors
import Vision
import Workspace

/// The stages put together over one workspace, as `swap` and `demo` run them one after the other and the other commands
/// each by itself.
struct Pipeline {
    let session: Session
    let publisher: OutputPublisher
    /// What an output differs in from its target, said once and early.
    let differences: AnnouncedDifferences
    /// Face sets → model.
    let training: TrainingPipeline

    var workspace: Workspace { session.workspace }
    var device: Device { session.device }
    var console: Console { session.console }
    var gate: ConsentPolicy { session.gate }

    /// Takes the workspace for this process, or with others that only read it.
    init(
        _ workspace: Workspace, consents: ConsentChoice = ConsentChoice(), signing: SigningFiles? = nil,
        console: Console, shared: Bool = false, overwrites: Bool = false
    ) throws {
        let signer = try OutputSigner(signing) { console.say("note: \($0)") }
        session = try Session(workspace, consents: consents, console: console, shared: shared)
        publisher = OutputPublisher(workspace, signer: signer, console: console, overwrites: overwrites)
        differences = AnnouncedDifferences(console)
        training = TrainingPipeline(session, signer: signer)
    }

    /// Videos or pictures → face set.
    ///
    /// - Parameters:
    ///   - options: what the command line names for this set; what it named before stays.
    ///   - looking: how faces are looked for, as far as the set's settings leave it open.
    func extract(
        set: String, from paths: [URL], reference: URL? = nil,
        _ options: ExtractionOptions = ExtractionOptions(), looking: AnalysisSettings = AnalysisSettings()
    ) throws {
        let summary = try session.working {
            let summary = try extractor(set: set, options, looking)
                .run(ClipSource.sources(at: paths), reference: reference)
            try SetCuration(workspace, set: set).computeMissingOcclusionScores()
            return summary
        }
        tell(summary)
    }

    func extractor(set: String, _ options: ExtractionOptions, _ looking: AnalysisSettings) throws -> Extractor
    {
        let options = options.over(try workspace.index.set(set)?.options ?? ExtractionOptions())
        var workspace = workspace
        workspace.settings.extraction = options.over(workspace.settings.extraction)
        if let complaint = workspace.settings.complaint {
            throw ValidationError("The set's options and the project's settings together: \(complaint).")
        }
        let analysers = try analysers(workspace.settings.extraction, looking)
        return Extractor(
            workspace: workspace, set: set, observer: analysers[0], helpers: Array(analysers.dropFirst()),
            options: options, progress: console.progress)
    }

    /// An analyser for each core, all with the same networks.
    private func analysers(_ extraction: ExtractionSettings, _ looking: AnalysisSettings) throws
        -> [FaceAnalyser]
    {
        var settings = looking
        settings.smallestFace = extraction.minimumFaceWidth
        settings.maximumFaces = extraction.maximumFaces
        settings.threads = 1
        if looking.follows { settings.embedding = .startOfTrack(frames: 1, thenEvery: 10) }
        let first = try FaceAnalyser(weights: Installation.weights(), device: device, settings: settings)
        // A GPU is busy with a few; the CPU's share of the work is small then.
        let count = device == .cpu ? try Engine.threads() : min(4, try Engine.threads())
        return [first] + (1..<max(1, count)).map { _ in FaceAnalyser(sharing: first) }
    }

    /// Where the newest preview sheet lies.
    var previewFile: URL { workspace.newestPreview }

    /// Target video and model → swapped video, and another beside the target if wanted.
    func convert(
        _ order: ConversionRequest, output: URL, comparison: URL? = nil, encoding: EncodingSettings,
        share: ConversionShare = .all
    ) throws {
        let (converter, cast) = try converter(order)
        let settings = try JSONValue(encoding: [
            "conversion": JSONValue(encoding: converter.settings),
            "encoding": JSONValue(encoding: encoding), "morph": .number(order.morph),
        ])
        let sequence = PictureSequence(output)
        let name = share == .all ? nil : "\(share.index + 1)-of-\(share.count)"
        let main = try publisher.open(sequence?.folder ?? output, share: name)
        let beside = try comparison.map { try publisher.open($0, share: name) }
        defer {
            beside?.leave()
            main.leave()
        }
        var members: [PersonAssignment.Member] = []
        let report = try converter.convert(
            target: order.target, output: main, sequence: sequence, comparison: beside, encoding: encoding,
            share: share, announce: differences.announce, allowsUnchanged: order.allowsUnchanged,
            begin: { members = try cast.record() }, progress: console.progress)
        if report.partsLeft == 0 {
            var facts = OutputDescription(target: order.target, consents: [], marks: order.marks)
            facts.take(members, swappedIn: report.sightings)
            facts.marks.watermark = report.watermark
            facts.statement = report.statement(of: order.layer, isSequence: sequence != nil)
            facts.isUnchanged = report.isUnchanged
            facts.settings = settings
            // A mask shows nobody, and stays exact.
            if order.layer == .mask { facts.marks = Marks(label: .leftOff(reason: "a mask shows nobody")) }
            try session.working {
                try main.alone {
                    if let beside { try publisher.publish(beside, .file, facts) }
                    try publisher.publish(main, sequence.map { .pictures($0) } ?? .file, facts)
                    // This one first: a conversion is not done before the output's folder is gone.
                    beside?.close()
                    main.close()
                }
            }
        }
        tell(report, output)
    }

    /// One frame of the swapped video as a picture, beside the target's if wanted.
    func still(_ order: ConversionRequest, frame: Int, output: URL, besideTarget: Bool) throws {
        var order = order
        order.marks.watermark = .random(in: 0 ... .max)
        let (converter, cast) = try converter(order)
        let still = try converter.still(
            target: order.target, frame: frame, allowsUnchanged: order.allowsUnchanged)
        var facts = OutputDescription(target: order.target, consents: [], marks: order.marks)
        facts.take(try cast.record(), swappedIn: still.sightings)
        facts.statement = SwapStatement(order.layer == .mask ? .mask : .picture, swapped: 1, frames: 1)
        facts.isUnchanged = still.isUnchanged
        for notice in notices(still.sightings) { console.say("note: \(notice)") }
        let picture = besideTarget ? still.target.beside(still.result) : still.result
        try publisher.publish(output, facts) { try PictureFile.write(picture, to: $0) }
        console.report(
            ProgressEvent(
                stage: "convert", message: "done", fraction: 1,
                values: ["frame": Double(frame), "swapped": still.isUnchanged ? 0 : 1],
                files: ["picture": output.path]))
    }

    /// The models as the project's settings lay their faces in, and whom they draw.
    private func converter(_ order: ConversionRequest) throws -> (Converter, PersonAssignment) {
        var settings = ConversionSettings(workspace.settings.swapping)
        (settings.marks, settings.edits, settings.layer) = (order.marks, order.edits, order.layer)
        let cast = try PersonAssignment(
            order, in: workspace, gate: gate, redraws: settings.composite.keepsOcclusion,
            takesDetail: settings.composite.sourceDetail > 0 && order.layer != .mask, device: device)
        for sentence in cast.withoutDetail { console.say("note: \(sentence)") }
        if let network = cast.maskless.first, settings.composite.mask != .hull {
            settings.composite.mask = .hull
            console.say("note: \(network) draws no mask; the hull of the landmarks is taken")
        }
        let segmenter =
            settings.composite.mask == .segmentation
            ? try SelfieSegmenter(weights: Installation.segmentation(), device: device) : nil
        return (
            Converter(
                observer: try analyser(), roles: cast.roles, settings: settings, segmenter: segmenter,
                matte: try order.matte.map { try Matte($0, for: order.target) }), cast
        )
    }

    /// Which of several people were swapped nowhere, and why, as sentences.
    private func notices(_ sightings: SwapStatistics) -> [String] {
        sightings.neverSwapped.map { person in
            "'\(person.name)' was swapped in no frame: "
                + sightings.reason(for: person)
        }
    }

    func analyser(smallestFace: Double? = nil) throws -> FaceAnalyser {
        var settings = AnalysisSettings()
        if let smallestFace { settings.smallestFace = smallestFace }
        return try FaceAnalyser(weights: Installation.weights(), device: device, settings: settings)
    }
}

extension Pipeline {
    /// Finds out, before any work, whether an output could be written, and says in what it will differ.
    ///
    /// - Throws: `MediaError` that names the output and the remedy.
    func requireOutput(_ output: URL, of target: URL, encoding: EncodingSettings) throws {
        differences.announce(
            try Converter.requirePossible(target: target, output: output, encoding: encoding))
    }

    /// Frames of the target that are missing in the output.
    private func tell(_ missing: [MissingFrames]) {
        guard let sentence = MissingFrames.sentence(missing) else { return }
        console.say(
            "note: \(sentence); the output shows the frame before each in their place, so that the sound stays in step"
        )
        for stretch in missing.prefix(1000) {
            console.report(
                ProgressEvent(
                    stage: "convert", message: "frames of the target could not be decoded",
                    values: ["frames": Double(stretch.count), "from": stretch.from, "to": stretch.to]))
        }
    }

    private func tell(_ summary: ExtractionSummary) {
        var values = [
            "faces": Double(summary.faces.kept), "frames": Double(summary.frames), "seconds": summary.seconds,
            "frames_per_second": summary.framesPerSecond,
            "frames_without_face": Double(summary.clips.map(\.framesWithoutFace).reduce(0, +)),
        ]
        for (stage, rate) in summary.stageRates { values["\(stage)_per_second"] = rate }
        values.merge(ClipWarnings.values(summary)) { first, _ in first }
        for event in ClipWarnings.events(summary) { console.report(event) }
        for remark in summary.remarks { console.say("note: \(remark)") }
        let packed = workspace.packed(set: summary.set)
        console.report(
            ProgressEvent(
                stage: "extract", message: "done", fraction: 1, values: values,
                files: ["set": packed.path, "crops": workspace.cropsFolder(set: summary.set).path]))
        let left =
            summary.faces.rejected.isEmpty ? "" : " (left out: \(Self.reasons(summary.faces)))"
        console.result(
            "set '\(summary.set)': \(counted(summary.faces.kept, "face")) from \(counted(summary.clips.count, "clip"))\(left)"
        )
        for line in ClipWarnings.lines(summary) { console.result("  \(line)") }
        guard summary.frames > 0 else { return }
        let rates = summary.stageRates.sorted { $0.key < $1.key }
            .map { "\($0.key) \(ProgressEvent.number($0.value))" }.joined(separator: ", ")
        console.result(
            "  \(counted(summary.frames, "frame")) in \(ProgressEvent.duration(summary.seconds)), "
                + "\(ProgressEvent.number(summary.framesPerSecond)) frames/s; each stage alone: \(rates)")
    }

    /// How many faces are left out, by why.
    static func reasons(_ faces: FaceCount) -> String {
        faces.rejected.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private func tell(_ report: ConversionReport, _ output: URL) {
        differences.announce(
            report.notices + (report.partsLeft == 0 ? notices(report.sightings) : []))
        tell(report.missing)
        var values = [
            "frames": Double(report.frames), "swapped": Double(report.swapped), "seconds": report.seconds,
            "frames_per_second": report.framesPerSecond, "unreadable": Double(report.unreadable),
            "resumed": Double(report.resumed), "parts_left": Double(report.partsLeft),
        ]
        for (stage, rate) in report.stageRates { values["\(stage)_per_second"] = rate }
        values["frames_with_faces"] = Double(report.sightings.framesWithFaces)
        for person in report.sightings.people {
            values["swapped \(person.name)"] = Double(person.swapped)
            if let likeness = person.likeness { values["likeness \(person.name)"] = Double(likeness) }
        }
        console.report(
            ProgressEvent(
                stage: "convert", message: "done", fraction: 1, values: values,
                files: report.partsLeft == 0 ? ["video": output.path] : [:])
        )
        if report.resumed > 0 {
            console.result("\(counted(report.resumed, "frame")) had been converted before")
        }
        if report.partsLeft > 0 {
            console.result(
                "this run's share is done; \(report.partsLeft) part\(report.partsLeft == 1 ? " is" : "s are") left to the "
                    + "others, of whom the last joins them all")
        }
        let rates = report.stageRates.sorted { $0.key < $1.key }
            .map { "\($0.key) \(ProgressEvent.number($0.value))" }.joined(separator: ", ")
        console.result(
            "video: \(counted(report.frames, "frame")), a face swapped in \(report.swapped), in "
                + "\(ProgressEvent.duration(report.seconds)), \(ProgressEvent.number(report.framesPerSecond)) frames/s; "
                + "each stage alone: \(rates)")
    }
}
