import Concurrency
import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Updates a set whose faces have changed: identity and similarities, smoothed alignments, crops and packed copy.
///
/// Skips everything that is up to date, so that an interrupted run can be resumed.
package struct FaceSetWriter {
    private let extractor: Extractor

    package init(
        _ workspace: Workspace, set: String, observer: any FaceDetectorSource = InactiveDetector(),
        progress: @escaping ProgressHandler
    ) throws {
        var workspace = workspace
        // Crops use the settings of the set, not the current ones of the project.
        if let record = try workspace.index.set(set) { workspace.settings.extraction = record.settings }
        extractor = Extractor(workspace: workspace, set: set, observer: observer, progress: progress)
    }

    /// - Parameter sources: current locations of the clips; `nil`: their locations in the index.
    /// - Throws: `MediaError` for a missing clip of which a crop is missing; progress so far is kept.
    package func run(_ sources: [ClipSource]? = nil) throws -> ExtractionSummary {
        var summary = ExtractionSummary(set: extractor.set)
        let begun = ContinuousClock.now
        let index = extractor.workspace.index
        try CropPresence(extractor.workspace, set: extractor.set).require()
        summary.otherPersons = try SetLikeness(extractor.workspace, set: extractor.set).run()
        let clips = try openClips(sources)
        let gauge = ExtractionGauge(clips.map(\.estimate), progress: extractor.progress)
        try CropCutter(extractor: extractor, clips: clips, gauge: gauge).run(&summary)
        try pack(gauge)
        summary.faces = try index.count(ofSet: extractor.set)
        summary.seconds = begun.secondsElapsed
        return summary
    }

    /// Writes the packed copy, or removes it if the set has no faces left.
    private func pack(_ gauge: ExtractionGauge) throws {
        let (workspace, set) = (extractor.workspace, extractor.set)
        let count = try workspace.index.count(ofSet: set)
        guard count.kept > 0 || count.rejected[FaceRecord.Rejection.missing.rawValue] != nil else {
            try? FileManager.default.removeItem(at: workspace.packed(set: set))
            return
        }
        try SetPacking(workspace, set: set, read: PictureFile.read).run { gauge.packing() }
    }

    /// The clips of which crops are missing. The others need not exist; they are marked as cropped.
    private func openClips(_ sources: [ClipSource]?) throws -> [OpenClip] {
        let index = extractor.workspace.index
        let states = try index.extractions(set: extractor.set).filter { !$0.isCropped }
        guard !states.isEmpty else { return [] }
        let clips = try index.clips(ofSet: extractor.set)
        return try states.compactMap { state in
            guard let clip = clips.first(where: { $0.id == state.clip }) else { return nil }
            guard try !index.framesWithoutCrop(set: extractor.set, clip: state.clip).isEmpty else {
                var state = state
                (state.nextCrop, state.isCropped) = (state.nextFrame, state.isAnalysed)
                try index.commit([], state)
                return nil
            }
            let source =
                try sources?.first { $0.url.path == clip.path }
                ?? ClipSource.sources(at: [URL(filePath: clip.path)]).first
            guard let source else { return nil }
            guard try source.fingerprint == clip.fingerprint else {
                throw ExtractionError(
                    .damaged,
                    "\(clip.path) is not the video that set '\(extractor.set)' was extracted from; restore that video and "
                        + "run again")
            }
            return OpenClip(source: source, record: clip, state: state, estimate: clip.frameCount)
        }
    }
}

extension ClipSource {
    /// Fingerprint of the current files.
    fileprivate var fingerprint: Fingerprint {
        get throws {
            switch self {
            case .video(let url): try Fingerprint(of: url)
            case .pictures(_, let files, _): try Fingerprint(ofFolderWith: files)
            }
        }
    }
}

/// A detector without results, for cutting crops without analysis.
package final class InactiveDetector: FaceDetectorSource {
    package init() {}
    package func reset() {}
    package func faces(in picture: Picture) throws -> [ObservedFace] { [] }
}
