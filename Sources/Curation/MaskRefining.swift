import Faces
import Foundation
import Media
import Pictures
import Vision
import Workspace

/// Removes the background from masks derived from landmarks: on turned heads, the convex hull includes background between
/// brow, nose and chin.
package struct MaskRefining {
    private let workspace: Workspace
    private let set: String
    private let segmenter: any FaceSegmenter
    private let progress: ProgressHandler

    /// Minimum share of background to store a refined mask: below it, the outline of the segmentation is not more accurate
    /// than the hull.
    package static let least = 0.005

    package init(
        _ workspace: Workspace, set: String, segmenter: any FaceSegmenter,
        progress: @escaping ProgressHandler = { _ in }
    ) {
        (self.workspace, self.set, self.segmenter, self.progress) = (workspace, set, segmenter, progress)
    }

    /// Refines the masks of all faces without an imported or refined one.
    ///
    /// - Returns: numbers of analysed faces and of refined masks.
    package func run() throws -> (looked: Int, refined: Int) {
        let settings = try workspace.existingSet(set).settings
        let total = try workspace.index.count(ofSet: set).cropped
        try CropPresence(workspace, set: set).require()
        let store = MaskStore(workspace, set: set)
        let batch = try store.begin()
        defer { batch.discard() }
        var (looked, refined) = (0, 0)
        try workspace.index.forEachCrop(ofSet: set) { face in
            guard face.maskFile == nil, let id = face.id else { return }
            try Task.checkCancellation()
            let size = settings.cropSize
            let crop = try PictureFile.read(workspace.file(face.cropFile ?? "", ofSet: set))
                .resized(width: size, height: size)
            let hull = FaceMask.plane(
                landmarks: face.face.landmarks,
                transform: face.crop(settings.crop, size: size, margin: settings.cropMargin), size: size)
            looked += 1
            if let mask = Self.refined(hull, by: try segmenter.person(in: crop)) {
                try batch.add(mask, for: id)
                refined += 1
            }
            if looked % 20 == 0 {
                progress(
                    ProgressEvent(
                        stage: "masks", message: "masks of '\(set)'",
                        fraction: Double(looked) / Double(max(1, total))))
            }
        }
        if refined > 0 { try batch.commit() }
        try store.pack(progress)
        return (looked, refined)
    }

    /// Intersection of hull and person mask; `nil` if the hull hardly changes, or if so much is missing that the segmentation
    /// must have failed.
    static func refined(_ hull: Plane, by person: Plane) -> Plane? {
        var mask = hull
        for index in mask.values.indices { mask.values[index] *= person.values[index] }
        let (before, after) = (hull.values.reduce(0, +), mask.values.reduce(0, +))
        let lost = before > 0 ? Double((before - after) / before) : 0
        return (least...0.5).contains(lost) ? mask : nil
    }
}
