import Faces
import Foundation
import Media
import Pictures
import Vision
import Workspace

/// Takes out of drawn masks what is not the person: on turned heads the hull of the landmarks spans the hollow between brow,
/// nose and chin, and shows the background there.
package struct MaskRefining {
    private let workspace: Workspace
    private let set: String
    private let segmenter: any FaceSegmenter
    private let progress: ProgressHandler

    /// The least share of a mask that has to be something else before the face gets a mask of its own: below, the
    /// segmenter's outline is no truer than the landmarks'.
    package static let least = 0.005

    package init(
        _ workspace: Workspace, set: String, segmenter: any FaceSegmenter,
        progress: @escaping ProgressHandler = { _ in }
    ) {
        (self.workspace, self.set, self.segmenter, self.progress) = (workspace, set, segmenter, progress)
    }

    /// Faces that have a mask of their own keep it.
    ///
    /// - Returns: how many faces were looked at, and how many have a refined mask now.
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

    /// What is both in the hull and the person; nil where that is all of it, or where so much is missing that the segmenter
    /// has missed the person.
    static func refined(_ hull: Plane, by person: Plane) -> Plane? {
        var mask = hull
        for index in mask.values.indices { mask.values[index] *= person.values[index] }
        let (before, after) = (hull.values.reduce(0, +), mask.values.reduce(0, +))
        let lost = before > 0 ? Double((before - after) / before) : 0
        return (least...0.5).contains(lost) ? mask : nil
    }
}
