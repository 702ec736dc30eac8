import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Brings a set whose faces have changed up to date: identity and likeness, steadied places, crops, packed copy.
///
/// What is as it should be already costs nothing, so that this goes on where an earlier run was stopped.
package struct FaceSetWriter {
    private let extractor: Extractor

    package init(
        _ workspace: Workspace, set: String, observer: any FaceDetectorSource = InactiveDetector(),
        progress: @escaping ProgressHandler
    ) throws {
        var workspace = workspace
        // The set is cut as it was made, whatever the project says now.
        if let record = try workspace.index.set(set) { workspace.settings.extraction = record.settings }
        extractor = Extractor(workspace: workspace, set: set, observer: observer, progress: progress)
    }

    /// - Parameter sources: where the clips lie now; without them where they lay when they were last read.
    /// - Throws: `MediaError` for a clip that is gone although a crop of it is missing; all else is kept and goes on later.
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
        summary.seconds = begun.seconds
        return summary
    }

    /// A set whose last face has gone to another has no packed copy.
    private func pack(_ gauge: ExtractionGauge) throws {
        let (workspace, set) = (extractor.workspace, extractor.set)
        let count = try workspace.index.count(ofSet: set)
        guard count.kept > 0 || count.rejected[FaceRecord.Rejection.missing.rawValue] != nil else {
            try? FileManager.default.removeItem(at: workspace.packed(set: set))
            return
        }
        try SetPacking(workspace, set: set, read: PictureFile.read).run { gauge.packing() }
    }

    /// The set's clips of which crops are missing. The others need not be there; they count as cut.
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
                    "\(clip.path) is not the one that set '\(extractor.set)' was extracted from; put that back there and "
                        + "run again")
            }
            return OpenClip(source: source, record: clip, state: state, estimate: clip.frameCount)
        }
    }
}

extension ClipSource {
    /// What lies there now.
    fileprivate var fingerprint: Fingerprint {
        get throws {
            switch self {
            case .video(let url): try Fingerprint(of: url)
            case .pictures(_, let files, _): try Fingerprint(ofFolderWith: files)
            }
        }
    }
}

/// Sees nothing: where clips are only cut, not looked at.
package final class InactiveDetector: FaceDetectorSource {
    package init() {}
    package func reset() {}
    package func faces(in picture: Picture) throws -> [ObservedFace] { [] }
}
