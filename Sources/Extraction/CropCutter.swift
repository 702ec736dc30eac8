import Faces
import Foundation
import Media
import Pictures
import Workspace

/// The second pass: the kept faces, steadied along their tracks, cut out of their frames and written as files.
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
        var steadied: [Int64: FaceAlignment] = [:]
        for track in Dictionary(grouping: places, by: \.track).values {
            let smooth =
                settings.smoothing > 0
                ? filter.smoothed(track.map(\.alignment.toUnit), frames: track.map(\.frame))
                : track.map(\.alignment.toUnit)
            for (place, transform) in zip(track, smooth) {
                steadied[place.id] = FaceAlignment(toUnit: transform)
            }
        }
        try index.steady(steadied)
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
            entries += try write(chunk, clip: state.clip, folder: folder, name: name)
            fresh += chunk.count
            chunk = []
            summary.stages["crops", default: 0] += begun.seconds
            gauge.frames(
                "cropping", clip: number, name: clip.record.name, done: state.nextCrop, fresh: fresh,
                faces: fresh)
        }
        while let frame = try prefetch.next() {
            chunk.append(frame)
            if frame.index >= last { break }
            guard chunk.count >= Self.chunk else { continue }
            try cutChunk()
            state.nextCrop = frame.index + 1
            guard entries.count >= extractor.batch || Task.isCancelled else { continue }
            try index.commit(entries, state)
            entries = []
            try Task.checkCancellation()
        }
        try cutChunk()
        try finish(entries, state)
    }

    /// Enters the last crops of a clip, and that it has no further ones.
    private func finish(_ entries: [CropEntry], _ state: ExtractionState) throws {
        var state = state
        state.nextCrop = state.nextFrame
        state.isCropped = true
        try index.commit(entries, state)
    }

    /// Brings into RGB only what the crop shows: of a large frame that is little.
    private static func crop(_ frame: Frame, _ transform: SimilarityTransform, size: Int) throws -> Picture {
        let (back, side) = (transform.inverse, Double(size))
        let corners = [Point(0, 0), Point(side, 0), Point(0, side), Point(side, side)].map { back($0) }
        guard let box = Box(around: corners) else { return Picture(width: size, height: size) }
        func whole(_ value: Double) -> Int { Int(min(max(value.rounded(.down), -1e6), 1e6)) }
        // Two pixels around it for what lies between pixels.
        let (x, y) = (whole(box.x) - 2, whole(box.y) - 2)
        let region = PixelRegion(
            x: x, y: y, width: whole(box.x + box.width) + 3 - x, height: whole(box.y + box.height) + 3 - y)
        let part = try frame.part(region)
        let corner = SimilarityTransform(a: 1, b: 0, tx: Double(part.x), ty: Double(part.y))
        return part.picture.crop(corner.then(transform), width: size, height: size)
    }

    /// Frames held at once: enough for all cores, few enough for 8K.
    private static let chunk = 8

    /// Cuts and writes the faces of some frames, on all cores.
    private func write(_ chunk: [Frame], clip: Int64, folder: URL, name: String) throws -> [CropEntry] {
        guard let first = chunk.first, let last = chunk.last else { return [] }
        let frames = Dictionary(uniqueKeysWithValues: chunk.map { ($0.index, $0) })
        let faces = try index.faces(set: extractor.set, clip: clip, frames: first.index..<last.index + 1)
            .filter { $0.cropFile == nil }
        let results = ParallelResults<CropEntry>(count: faces.count)
        let settings = settings
        results.run { item in
            let face = faces[item]
            guard let frame = frames[face.frame], let id = face.id else {
                throw ExtractionError(
                    .damaged, "frame \(face.frame) of \(name) cannot be read again; extract the set anew")
            }
            let size = settings.cropSize
            let transform = face.crop(settings.crop, size: size, margin: settings.cropMargin)
            let crop = try Self.crop(frame, transform, size: size)
            let digits = String(face.frame)
            let file =
                "\(name)/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).\(settings.cropFormat.rawValue)"
            try PictureFile.write(crop, to: folder.appending(path: file), quality: 95)
            let quality = FaceQuality(crop: crop, landmarks: face.face.landmarks, transform: transform)
            return CropEntry(id: id, file: file, quality: quality)
        }
        return try results.values()
    }
}
