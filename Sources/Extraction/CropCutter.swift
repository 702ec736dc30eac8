import Concurrency
import Faces
import Files
import Foundation
import Media
import Pictures
import Workspace

/// Second pass: smooths the included faces along their tracks, cuts the crops from the frames and writes them as files.
struct CropCutter {
    let extractor: Extractor
    let clips: [OpenClip]
    let gauge: ExtractionGauge

    private var settings: ExtractionSettings { extractor.workspace.settings.extraction }
    private var index: Index { extractor.workspace.index }

    func run(_ summary: inout ExtractionSummary) throws {
        for (number, clip) in clips.enumerated() {
            let state = try index.extraction(set: extractor.set, clip: clip.state.clip)
            guard !state.isCropped else { continue }
            try steady(state.clip)
            try cut(clip, number, state, &summary)
        }
    }

    private func steady(_ clip: Int64) throws {
        let filter = ZeroPhaseFilter(deviation: settings.smoothing, gap: 3 * settings.every)
        let places = try index.places(set: extractor.set, clip: clip)
        var smoothed: [Int64: FaceAlignment] = [:]
        for track in Dictionary(grouping: places, by: \.track).values {
            let smooth =
                settings.smoothing > 0
                ? filter.smoothed(track.map(\.alignment.toUnit), frames: track.map(\.frame))
                : track.map(\.alignment.toUnit)
            // Existing crops keep their alignment.
            for (place, transform) in zip(track, smooth) where !place.hasCrop {
                smoothed[place.id] = FaceAlignment(toUnit: transform)
            }
        }
        try index.storeSmoothed(smoothed)
    }

    private func cut(
        _ clip: OpenClip, _ number: Int, _ state: ExtractionState, _ summary: inout ExtractionSummary
    ) throws {
        var state = state
        let folder = extractor.workspace.cropsFolder(set: extractor.set)
        let stem = clip.source.url.deletingPathExtension().lastPathComponent.filter {
            $0.isLetter || $0.isNumber || "-_".contains($0)
        }
        let name = "\(state.clip)-\(stem)"
        var names = CropNames(
            folder: name, format: settings.cropFormat,
            taken: try index.cropFiles(ofSet: extractor.set).values)
        try Workspace.makeFolder(folder.appending(path: name))
        let start = state.nextCrop
        let wanted = Set(
            try index.framesWithoutCrop(set: extractor.set, clip: state.clip).filter { $0 >= start })
        guard let last = wanted.max() else { return try finish([], state) }
        let (_, frames) = try clip.source.open(from: extractor.plan.times.lowerBound)
        let prefetch = Prefetch(frames) { wanted.contains($0) }
        defer {
            prefetch.stop()
            summary.stages["decode", default: 0] += prefetch.seconds
        }
        var chunk: [Frame] = []
        var entries: [CropEntry] = []
        var fresh = 0
        func cutChunk() throws {
            let begun = ContinuousClock.now
            entries += try write(chunk, clip: state.clip, folder: folder, &names)
            fresh += chunk.count
            chunk = []
            summary.stages["crops", default: 0] += begun.secondsElapsed
            gauge.frames(
                "cropping", clip: number, name: clip.record.name, done: state.nextCrop, fresh: fresh,
                faces: fresh)
        }
        var reached = start
        while let frame = try prefetch.next() {
            chunk.append(frame)
            reached = frame.index
            if frame.index >= last { break }
            guard chunk.count >= Self.chunk else { continue }
            try cutChunk()
            state.nextCrop = frame.index + 1
            guard entries.count >= extractor.batch || Task.isCancelled else { continue }
            try commit(entries, state)
            entries = []
            try Task.checkCancellation()
        }
        try cutChunk()
        guard reached >= last else {
            try commit(entries, state)
            throw ExtractionError(
                .damaged,
                "\(clip.source.url.path) ends before frame \(last), of which a crop is required; restore the original video "
                    + "and run again")
        }
        try finish(entries, state)
    }

    /// Stores the last crops of a clip and marks it as cropped.
    private func finish(_ entries: [CropEntry], _ state: ExtractionState) throws {
        var state = state
        state.nextCrop = state.nextFrame
        state.isCropped = true
        try commit(entries, state)
    }

    /// Registers crops in the index after their files are on disk: a row without its file would be a lost face.
    private func commit(_ entries: [CropEntry], _ state: ExtractionState) throws {
        let folder = extractor.workspace.cropsFolder(set: extractor.set)
        try FileSystem.sync(all: entries.map { folder.appending(path: $0.file) })
        try index.commit(entries, state)
    }

    /// Converts only the visible part of the frame to RGB, which is small in large frames.
    ///
    /// - Parameter transform: square pixels of the frame → crop pixels.
    private static func crop(_ frame: Frame, _ transform: SimilarityTransform, size: Int) throws -> Picture {
        let (back, side) = (transform.inverse, Double(size))
        let corners = [Point(0, 0), Point(side, 0), Point(0, side), Point(side, side)].map { back($0) }
        guard let box = Box(around: corners)?.stored(frame.shape) else {
            return Picture(width: size, height: size)
        }
        func whole(_ value: Double) -> Int { Int(min(max(value.rounded(.down), -1e6), 1e6)) }
        // Margin of two pixels for interpolation.
        let (x, y) = (whole(box.x) - 2, whole(box.y) - 2)
        let region = PixelRegion(
            x: x, y: y, width: whole(box.x + box.width) + 3 - x, height: whole(box.y + box.height) + 3 - y)
        let part = try frame.part(region)
        return part.picture.crop(
            transform, shape: frame.shape, x: part.x, y: part.y, width: size, height: size)
    }

    /// Number of frames in memory: enough for all cores, few enough for 8K.
    private static let chunk = 8

    /// Cuts and writes the faces of several frames on all cores.
    private func write(_ chunk: [Frame], clip: Int64, folder: URL, _ names: inout CropNames) throws
        -> [CropEntry]
    {
        guard let first = chunk.first, let last = chunk.last else { return [] }
        let frames = Dictionary(chunk.map { ($0.index, $0) }) { first, _ in first }
        let faces = try index.faces(
            set: extractor.set, clip: clip, frames: first.index..<max(first.index, last.index) + 1
        )
        .filter { $0.cropFile == nil }
        let files = faces.map { names.next(frame: $0.frame, id: $0.id ?? 0) }
        let results = ParallelResults<CropEntry>(count: faces.count)
        let settings = settings
        results.run { item in
            let face = faces[item]
            guard let frame = frames[face.frame], let id = face.id else {
                throw ExtractionError(
                    .damaged,
                    "frame \(face.frame) of clip \(clip) cannot be read again; extract the set again"
                )
            }
            let size = settings.cropSize
            let transform = face.crop(settings.crop, size: size, margin: settings.cropMargin)
            let crop = try Self.crop(frame, transform, size: size)
            try PictureFile.write(
                crop, to: folder.appending(path: files[item]), quality: 95, syncs: false)
            let quality = FaceQuality(crop: crop, landmarks: face.face.landmarks, transform: transform)
            return CropEntry(id: id, file: files[item], quality: quality)
        }
        return try results.values()
    }
}

/// File names of crops: the frame number, followed by the face's number if the frame has several faces.
struct CropNames {
    private let folder: String
    private let format: CropFormat
    private var taken: Set<String>

    /// - Parameter taken: names of existing crops of the set, including those of excluded faces.
    init(folder: String, format: CropFormat, taken: some Sequence<String>) {
        (self.folder, self.format, self.taken) = (folder, format, Set(taken))
    }

    /// A unique path below the set's folder.
    mutating func next(frame: Int, id: Int64) -> String {
        let digits = String(frame)
        let stem = "\(folder)/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
        let plain = "\(stem).\(format.rawValue)"
        return taken.insert(plain).inserted ? plain : "\(stem)-\(id).\(format.rawValue)"
    }
}
