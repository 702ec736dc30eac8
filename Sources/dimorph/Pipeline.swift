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

/// The stages on one workspace: `swap` and `demo` run all of them, the other commands one each.
struct Pipeline {
    let session: Session
    let publisher: OutputPublisher
    /// Reports each difference of the output from the target once.
    let differences: AnnouncedDifferences
    /// Face sets → model.
    let training: TrainingPipeline

    var workspace: Workspace { session.workspace }
    var device: Device { session.device }
    var console: Console { session.console }
    var gate: ConsentPolicy { session.gate }

    /// Locks the workspace for this process, or with `shared` for several processes that only read it.
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
    ///   - options: options given for this set; options of earlier runs remain in effect.
    ///   - looking: analysis settings that are not part of the set's settings.
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
        printSummary(summary)
    }

    func extractor(set: String, _ options: ExtractionOptions, _ looking: AnalysisSettings) throws -> Extractor
    {
        let options = options.over(try workspace.index.set(set)?.options ?? ExtractionOptions())
        var workspace = workspace
        workspace.settings.extraction = options.over(workspace.settings.extraction)
        if let complaint = workspace.settings.complaint {
            throw ValidationError(
                "The options of the set combined with the project's settings: \(complaint).")
        }
        let analysers = try analysers(workspace.settings.extraction, looking)
        return Extractor(
            workspace: workspace, set: set, observer: analysers[0], helpers: Array(analysers.dropFirst()),
            options: options, progress: console.progress)
    }

    /// One analyser per core, all sharing the same networks.
    private func analysers(_ extraction: ExtractionSettings, _ looking: AnalysisSettings) throws
        -> [FaceAnalyser]
    {
        var settings = looking
        settings.smallestFace = extraction.minimumFaceWidth
        settings.maximumFaces = extraction.maximumFaces
        settings.threads = 1
        if looking.follows { settings.embedding = .startOfTrack(frames: 1, thenEvery: 10) }
        let first = try FaceAnalyser(weights: Installation.weights(), device: device, settings: settings)
        // A few analysers saturate a GPU, because the CPU's share of the work is small.
        let count = device == .cpu ? try Engine.threads() : min(4, try Engine.threads())
        return [first] + (1..<max(1, count)).map { _ in FaceAnalyser(sharing: first) }
    }

    /// Path of the newest preview sheet.
    var previewFile: URL { workspace.newestPreview }

    /// Target video and model → swapped video and, if requested, a side-by-side comparison.
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
            // A mask depicts no person and is kept exact.
            if order.layer == .mask { facts.marks = Marks(label: .leftOff(reason: "a mask shows nobody")) }
            try session.working {
                try main.alone {
                    if let beside { try publisher.publish(beside, .file, facts) }
                    try publisher.publish(main, sequence.map { .pictures($0) } ?? .file, facts)
                    // Comparison first: the conversion is complete only when the main output's folder is gone.
                    beside?.close()
                    main.close()
                }
            }
        }
        printSummary(report, output)
    }

    /// One frame of the swapped video as a picture, optionally beside the target frame.
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

    /// Converter with the models and settings of the project, and the assignment of people.
    private func converter(_ order: ConversionRequest) throws -> (Converter, PersonAssignment) {
        var settings = ConversionSettings(workspace.settings.swapping)
        (settings.marks, settings.edits, settings.layer) = (order.marks, order.edits, order.layer)
        let cast = try PersonAssignment(
            order, in: workspace, gate: gate, redraws: settings.composite.keepsOcclusion,
            takesDetail: settings.composite.sourceDetail > 0 && order.layer != .mask, device: device)
        for sentence in cast.withoutDetail { console.say("note: \(sentence)") }
        if let network = cast.maskless.first, settings.composite.mask != .hull {
            settings.composite.mask = .hull
            console.say("note: \(network) does not predict a mask; the hull of the landmarks is used")
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

    /// Messages about people who were never swapped, with the reason.
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
    /// Checks before the conversion whether the output can be written, and reports its differences from the target.
    ///
    /// - Throws: `MediaError` that names the output and the remedy.
    func requireOutput(_ output: URL, of target: URL, encoding: EncodingSettings) throws {
        differences.announce(
            try Converter.requirePossible(target: target, output: output, encoding: encoding))
    }

    /// Reports frames of the target that are missing in the output.
    private func printSummary(_ missing: [MissingFrames]) {
        guard let sentence = MissingFrames.sentence(missing) else { return }
        console.say(
            "note: \(sentence); each is replaced by the previous frame to keep audio and video in sync"
        )
        for stretch in missing.prefix(1000) {
            console.report(
                ProgressEvent(
                    stage: "convert", message: "frames of the target could not be decoded",
                    values: ["frames": Double(stretch.count), "from": stretch.from, "to": stretch.to]))
        }
    }

    private func printSummary(_ summary: ExtractionSummary) {
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
            summary.faces.rejected.isEmpty ? "" : " (excluded: \(Self.reasons(summary.faces)))"
        console.result(
            "set '\(summary.set)': \(counted(summary.faces.kept, "face")) from \(counted(summary.clips.count, "clip"))\(left)"
        )
        for line in ClipWarnings.lines(summary) { console.result("  \(line)") }
        guard summary.frames > 0 else { return }
        let rates = summary.stageRates.sorted { $0.key < $1.key }
            .map { "\($0.key) \(ProgressEvent.number($0.value))" }.joined(separator: ", ")
        console.result(
            "  \(counted(summary.frames, "frame")) in \(ProgressEvent.duration(summary.seconds)), "
                + "\(ProgressEvent.number(summary.framesPerSecond)) frames/s; throughput of single stages: \(rates)"
        )
    }

    /// Number of excluded faces by reason, as text.
    static func reasons(_ faces: FaceCount) -> String {
        faces.rejected.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    private func printSummary(_ report: ConversionReport, _ output: URL) {
        differences.announce(
            report.notices + (report.partsLeft == 0 ? notices(report.sightings) : []))
        printSummary(report.missing)
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
            console.result("\(counted(report.resumed, "frame")) had already been converted")
        }
        if report.partsLeft > 0 {
            console.result(
                "this run's share is done; \(report.partsLeft) segment\(report.partsLeft == 1 ? " is" : "s are") left to other "
                    + "processes, of which the last joins them all")
        }
        let rates = report.stageRates.sorted { $0.key < $1.key }
            .map { "\($0.key) \(ProgressEvent.number($0.value))" }.joined(separator: ", ")
        console.result(
            "video: \(counted(report.frames, "frame")), a face swapped in \(report.swapped), in "
                + "\(ProgressEvent.duration(report.seconds)), \(ProgressEvent.number(report.framesPerSecond)) frames/s; "
                + "throughput of single stages: \(rates)")
    }
}
