import Faces

/// The settings of a project: the content of `dimorph.toml`, with all defaults.
///
/// Command-line options override them for one run.
package struct ProjectSettings: Sendable, Codable, Equatable {
    /// Version of the file format; files of later versions are rejected.
    package static let currentVersion = 1

    package var version = currentVersion
    package var extraction = ExtractionSettings()
    package var training = TrainingSettings()
    package var swapping = SwappingSettings()
    package var encoding = EncodingChoice()

    package init() {}
}

/// Settings of the extraction.
package struct ExtractionSettings: Sendable, Codable, Equatable {
    /// The crop area.
    package var crop = CropKind.full
    /// Margin around the crop, as a fraction of its size, for rotation and translation in training.
    package var cropMargin = 0.25
    /// Size of the crop files in pixels, including the margin.
    package var cropSize = 560
    /// Crop file format: `png` (lossless) or `jpg` (a quarter of the size).
    package var cropFormat = CropFormat.jpg
    /// Size of the pictures in the packed copy for training, in pixels, including the margin.
    package var packedSize = 160
    /// Step between analysed frames.
    package var every = 1
    /// Start time in seconds from the beginning of a video; pictures of a folder count as one per second.
    package var from = 0.0
    /// End time in seconds; 0 for the end of the video.
    package var to = 0.0
    /// Minimum face width in pixels of the video.
    package var minimumFaceWidth = 20.0
    /// Maximum number of faces per frame, largest first.
    package var maximumFaces = 8
    /// Minimum cosine similarity of two tracks of one person; 0: derived from the footage.
    package var likeness = 0.0
    /// Standard deviation, in frames, of the temporal smoothing of crops along a track.
    package var smoothing = 2.0

    package init() {}
}

package enum CropFormat: String, Sendable, Codable, CaseIterable {
    case png
    case jpg
}

/// Settings of the training.
package struct TrainingSettings: Sendable, Codable, Equatable {
    /// `quick`, `standard` or `film`.
    package var preset = "quick"
    /// Random seed; the same seed, data and machine give the same model.
    package var seed = 1
    /// `auto`, `cpu`, `cuda`, `cuda:1` …, `mps`.
    package var device = "auto"
    /// Interval between preview sheets in seconds.
    package var previewEvery = 30.0
    /// Interval between checkpoints in seconds.
    package var checkpointEvery = 30.0
    /// Number of newest checkpoints to keep, at least two.
    package var checkpoints = 2
    /// Training time between snapshots (permanent checkpoints) in seconds, and the number of snapshots to keep.
    package var snapshotEvery = 3600.0
    package var snapshots = 3

    package init() {}
}

/// Settings of conversion and compositing. Lengths are fractions of the face width.
package struct SwappingSettings: Sendable, Codable, Equatable {
    /// Face mask: the model's `learned` mask, the `hull` of the landmarks, their `product` or `union`, the whole `crop`, or
    /// the product restricted by a person segmentation network (`segmentation`).
    package var mask = "product"
    /// Erosion of the mask; negative values dilate it.
    package var inset = 0.0
    /// Width of the feathered edge.
    package var feather = 0.10
    /// Feather width at the forehead, the cheeks and the chin; negative: as `feather`.
    package var featherForehead = -1.0
    package var featherCheeks = -1.0
    package var featherChin = -1.0
    /// Colour transfer from the target face: its `light` (low frequencies of the difference), `seamless`
    /// (the difference along the edge), `edge` (the same, fading towards the middle), means and deviations (`rct`), means and covariances (`lct`, `mkl`), whole
    /// distributions channel by channel (`histogram`) or jointly (`idt`, `sot`), or `none`. `statistics` is an older word for `rct`.
    package var colour = "skin"
    /// Strength of the colour transfer, 0…1.
    package var colourStrength = 1.0
    /// Strength of unsharp masking; 0 disables it.
    package var sharpening = 0.0
    /// Amount of fine detail to transfer from the source frames, 0…1.
    package var sourceDetail = 1.0
    /// Strength of matching the sharpness of the target face, 0…1.
    package var matchDetail = 1.0
    /// Strength of matching the grain of the target face, 0…1.
    package var matchGrain = 0.0
    /// Strength of matching the compression loss of the target face, 0…1.
    package var matchCompression = 0.0
    /// Motion blur along the movement of the face: shutter time as a fraction of the frame time; 0 disables it.
    package var motionBlur = 0.0
    /// Scale of the swapped face.
    package var scale = 1.0
    /// Number of frames of the cross-fade where a track begins or ends within the video; 0 disables it.
    package var fade = 0
    /// Parts of the target face to keep: `mouth`, `eyes`, `teeth`.
    package var keep: [String] = []
    /// Whether occlusions (hands, microphones, hair) are kept in front of the swapped face.
    package var occlusion = true
    /// Standard deviation, in frames, of the temporal smoothing of face position and mask along a track; 0 disables both.
    package var smoothing = 2.0

    package init() {}

    /// Valid values of `colour`.
    package static let colours = [
        "skin", "light", "seamless", "edge", "rct", "lct", "mkl", "histogram", "idt", "sot", "none",
        "statistics",
    ]
    /// Valid values of `keep`.
    package static let parts = ["mouth", "eyes", "teeth"]
    /// Valid values of `mask`.
    package static let masks = ["learned", "hull", "product", "union", "crop", "segmentation"]
}

/// Encoding of the output; the file extension determines the container (mp4, mov, mkv).
package struct EncodingChoice: Sendable, Codable, Equatable {
    /// `auto` (codec of the target or the closest supported one), `h264`, `hevc`, `prores` or `ffv1`.
    package var codec = "auto"
    /// Constant rate factor (CRF) of h264 and hevc, 0 (lossless) to 51 (worst); -1 for a visually lossless default: 16 for
    /// h264, 20 for hevc.
    package var quality = -1
    /// `auto` (copied, or encoded to AAC if the container does not support it), `copy`, `aac`, `opus`, `flac` or `none`.
    package var sound = "auto"
    /// Encoder preset, from `ultrafast` to `veryslow`.
    package var speed = "medium"

    package init() {}
}
