import Faces
import Files
import Foundation
import Media
import Pictures
import Provenance
import Vision
import Workspace

extension FaceAnalyser: FaceDetectorSource {}

/// Converts a target video with a model to a marked video with the target's sound, timestamps and colours.
package struct Converter {
    private let observer: any FaceDetectorSource
    private let roles: [SwapRole]
    private let segmenter: (any FaceSegmenter)?
    private let matte: Matte?
    package let settings: ConversionSettings

    /// - Parameters:
    ///   - roles: the persons to replace and their swappers, in compositing order.
    ///   - segmenter: used for the mask mode `segmentation`.
    package init(
        observer: any FaceDetectorSource, roles: [SwapRole],
        settings: ConversionSettings = ConversionSettings(),
        segmenter: (any FaceSegmenter)? = nil, matte: Matte? = nil
    ) {
        (self.observer, self.roles, self.settings) = (observer, roles, settings)
        (self.segmenter, self.matte) = (segmenter, matte)
    }

    private var pipeline: ConversionPipeline<VideoFrame> {
        ConversionPipeline(
            observer: observer, roles: roles, settings: settings, segmenter: segmenter, matte: matte)
    }

    /// Converts a whole video, or this run's share of it, up to the step `made` of the output.
    ///
    /// Finished parts are kept in the output's folder until the output is published: the same call resumes after the last
    /// finished part or step; with other settings it removes them. The run that finishes the last part joins all.
    ///
    /// - Parameters:
    ///   - sequence: numbered pictures to write to the output's folder; `nil` for a video.
    ///   - comparison: another video with target and result side by side; `nil` for none.
    ///   - share: the parts that this run converts, if several runs share the work.
    ///   - announce: receives the differences between output and target before the work begins.
    ///   - allowsUnchanged: whether the unmarked target is written if no face was swapped; otherwise this is an error.
    ///   - begin: called when all checks have passed, before the first frame.
    /// - Throws: `MediaError`, `SwappingError`, `FileError`, errors of detector and swapper, `CancellationError`.
    package func convert(
        target: URL, output: OutputTransaction, sequence: PictureSequence? = nil,
        comparison: OutputTransaction? = nil, encoding: EncodingSettings = EncodingSettings(),
        share: ConversionShare = .all,
        partLength: Int = ConversionPlan.standardLength,
        announce: @Sendable ([String]) -> Void = { _ in },
        allowsUnchanged: Bool = false, begin: () throws -> Void = {},
        progress: @escaping ProgressHandler = { _ in }
    ) throws -> ConversionReport {
        guard target.resolvingSymlinksInPath().path != output.output.resolvingSymlinksInPath().path else {
            throw SwappingError(
                .target, "\(output.output.path) is the target itself; give the output another name")
        }
        try settings.edits.requirePeople(roles.map(\.person))
        let reader = try VideoReader(target)
        try reader.requireComplete()
        let plan = ConversionPlan(
            times: try FrameTimes(of: target)?.times, overlap: settings.overlap, length: partLength)
        guard share.count == 1 || plan.parts.count > 1 else {
            throw SwappingError(
                .target,
                "\(target.path) cannot be shared among several runs: it is shorter than \(ConversionPlan.standardLength * 3 / 2) "
                    + "frames, or is no MP4, MOV or Matroska file; convert it in one run")
        }
        let info = settings.layer.format.map(reader.info.holding) ?? reader.info
        let isPicture = sequence != nil || PictureFile.isPicture(output.output)
        let encoding =
            isPicture ? EncodingSettings(codec: .ffv1) : encoding.resolved(for: info, output: output.output)
        let beside = comparison.map { _ in ComparisonVideo(of: reader.info, encoding: encoding) }
        let outputs = [
            JoinedOutput(
                transaction: output, sequence: sequence?.moved(to: output.made), info: info,
                encoding: encoding, beside: false),
            comparison.flatMap { transaction in
                beside.map {
                    JoinedOutput(
                        transaction: transaction, sequence: nil, info: $0.info, encoding: $0.encoding,
                        beside: true)
                }
            },
        ].compactMap { $0 }
        let content = try PartsContent(
            target: target, roles: roles, settings: settings, encoding: encoding, matte: matte,
            compares: comparison != nil, parts: plan.parts.count)
        for output in outputs { try output.transaction.begin(content) }
        let unmarked = UnmarkedParts(
            target: target, plan: plan, info: info, encoding: encoding, comparison: beside,
            layer: settings.layer, isAllowed: allowsUnchanged)
        if let report = finished(output, comparison) {
            if report.isUnchanged {
                try unmarked.requireAllowed(report.sightings)
            }
            try begin()
            return report
        }
        var marks = settings.marks
        marks.watermark = marks.watermark ?? content.number
        let marked = MarkedOutput(
            frameWidth: reader.info.width, frameHeight: reader.info.height, marks: marks)
        for output in outputs { announce(try output.requirePossible(target: target)) }
        let folder = try PartsFolder(of: output)
        try begin()
        let missing = plan.parts.filter { share.includes($0) && folder.tally($0.number) == nil }
        let resumed = plan.parts.compactMap { folder.tally($0.number) }.reduce(0) { $0 + $1.frames }
        let notes = ConversionNotes(total: reader.info.frameCount, done: resumed, progress: progress)
        var report = ConversionReport()
        if !missing.isEmpty {
            report = try convert(
                missing, of: reader, into: folder, marked, info, encoding, beside, notes)
        }
        report.resumed = resumed
        report.watermark = marked.watermark == nil ? nil : marks.watermark
        try output.alone { try join(plan, in: folder, to: outputs, unmarked, &report) }
        notes.finished(report)
        return report
    }

    /// The report of an earlier run, or of another share, for existing outputs; `nil` unless all exist.
    private func finished(_ output: OutputTransaction, _ comparison: OutputTransaction?) -> ConversionReport?
    {
        guard let step = output.step, step == .published || comparison.map({ $0.step != nil }) ?? true,
            var report = output.value(of: .made, as: ConversionReport.self)
        else { return nil }
        (report.resumed, report.seconds, report.stages) = (report.frames, 0, [:])
        return report
    }

    private func convert(
        _ parts: [ConversionPlan.Part], of reader: VideoReader, into folder: PartsFolder,
        _ marked: MarkedOutput, _ info: VideoInfo,
        _ encoding: EncodingSettings, _ comparison: ComparisonVideo?, _ notes: ConversionNotes
    ) throws -> ConversionReport {
        let source = PartedFrames(reader, parts: parts, claim: folder.claim)
        let sink = PartedOutput(
            folder, parts: parts, info: info, encoding: encoding, comparison: comparison,
            unreadable: source.unreadable, written: notes.written)
        do {
            let report = try pipeline.run(
                output: marked, source: source.next, sink: sink.append)
            try Task.checkCancellation()
            try sink.finish()
            return report
        } catch {
            sink.cancel()
            throw error
        }
    }

    /// Joins the parts if all exist, and builds the report.
    private func join(
        _ plan: ConversionPlan, in folder: PartsFolder, to outputs: [JoinedOutput],
        _ unmarked: UnmarkedParts, _ report: inout ConversionReport
    ) throws {
        if let made = finished(outputs[0].transaction, outputs.dropFirst().first?.transaction) {
            return report = made
        }
        let tallies = plan.parts.map { folder.tally($0.number) }
        report.partsLeft = tallies.filter { $0 == nil }.count
        report.frames = tallies.reduce(0) { $0 + ($1?.frames ?? 0) }
        report.swapped = tallies.reduce(0) { $0 + ($1?.swapped ?? 0) }
        let places = tallies.flatMap { $0?.unreadable ?? [] }
        report.unreadable = places.count
        report.missing = MissingFrames.stretches(places, frameRate: outputs[0].info.frameRate.value)
        report.sightings = SwapStatistics()
        for tally in tallies { report.sightings.add(tally?.sightings ?? SwapStatistics()) }
        guard report.partsLeft == 0 else { return }
        var parts = folder
        report.isUnchanged = report.swapped == 0 && report.frames > 0
        if report.isUnchanged {
            try unmarked.requireAllowed(report.sightings)
            parts = try unmarked.written(in: folder)
            report.watermark = nil
        }
        let end = tallies.compactMap { $0?.end }.max() ?? 0
        let written = zip(plan.parts, tallies).filter { ($0.1?.frames ?? 0) > 0 }.map(\.0.number)
        // The output last: once it exists, nothing is joined any more.
        for output in outputs.reversed() where output.transaction.step == nil {
            report.notices += try output.join(
                written, in: parts, target: unmarked.target, end: end,
                metadata: report.metadata(of: settings.layer))
            try output.finish(report)
        }
    }

    /// Returns one frame as `convert` would produce it, with its neighbours analysed on both sides, and the target's frame.
    ///
    /// Identities are determined from the neighbouring frames alone, while a conversion has seen the whole track up to the
    /// frame.
    ///
    /// - Parameter number: counted from 0; in a video of variable rate, the frame at that share of the duration.
    package func still(
        target: URL, frame number: Int, allowsUnchanged: Bool = false
    ) throws -> Still {
        try settings.edits.requirePeople(roles.map(\.person))
        let reader = try VideoReader(target)
        let rate = max(1e-3, reader.info.frameRate.value)
        let time = Double(number) / rate
        let reach = Double(Self.stillReach) / rate
        if time > reach { try reader.seek(to: time - reach) }
        let tolerance = 0.25 / rate
        // Used by one thread of the pipeline, and read after all have ended.
        nonisolated(unsafe) var found: FinishedFrame<VideoFrame>?
        _ = try pipeline.run(
            output: MarkedOutput(
                frameWidth: reader.info.width, frameHeight: reader.info.height, marks: settings.marks),
            source: {
                guard let frame = try reader.next(), frame.time <= time + reach else { return nil }
                return PartFrame(part: 0, frame: frame)
            },
            sink: { (frame: FinishedFrame<VideoFrame>) in
                if frame.original.time <= time + tolerance { found = frame }
            })
        guard let found, found.original.time > time - 1.5 / rate || reader.info.isVariableRate else {
            throw SwappingError(
                .target,
                "\(target.path) has no frame \(number)"
                    + (reader.info.frameCount.map { ": it has \($0), counted from 0" } ?? ""))
        }
        var sightings = SwapStatistics()
        sightings.add(found.sighting)
        var result = found.frame
        if !found.isSwapped {
            try UnmarkedParts.requireAllowed(
                allowsUnchanged, sightings, of: "frame \(number) of \(target.path)")
            result = try found.original.blankCanvas(for: settings.layer)
        }
        return Still(
            target: try found.original.squarePicture(), result: try result.squarePicture(),
            sightings: sightings)
    }

    /// A frame before and after the swap, and the outcome for each person.
    package struct Still: Sendable {
        package let target: Picture
        package let result: Picture
        package let sightings: SwapStatistics

        /// Whether no face was swapped, so that the result is unmarked.
        package var isUnchanged: Bool { sightings.people.allSatisfy { $0.swapped == 0 } }
    }

    /// Number of frames analysed on each side of a still: twice the reach of the default smoothing.
    private static let stillReach = 12
}
