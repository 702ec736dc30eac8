import Faces

/// What a project is made with: the content of `dimorph.toml`, and where every default lives.
///
/// Flags of the command line override it for one run.
package struct ProjectSettings: Sendable, Codable, Equatable {
    /// Version of this layout; a file of a later version is refused.
    package static let currentVersion = 1

    package var version = currentVersion
    package var extraction = ExtractionSettings()
    package var training = TrainingSettings()
    package var swapping = SwappingSettings()
    package var encoding = EncodingChoice()

    package init() {}
}

/// How videos become a face set.
package struct ExtractionSettings: Sendable, Codable, Equatable {
    /// How much around the face a crop shows.
    package var crop = CropKind.full
    /// How much the pictures are wider than the crop, as a share of it: room for training to turn and shift them.
    package var cropMargin = 0.25
    /// Sides of the crop files, in pixels, margin included.
    package var cropSize = 560
    /// Crop files as `png` (exact) or `jpg` (a quarter of the size).
    package var cropFormat = CropFormat.jpg
    /// Sides of the pictures in the packed copy that training reads, in pixels, margin included.
    package var packedSize = 160
    /// Take each n-th frame.
    package var every = 1
    /// Frames before this time are left out: seconds from a video's start; pictures of a folder count as one a second.
    package var from = 0.0
    /// Frames from this time on are left out, likewise; 0 for the video's end.
    package var to = 0.0
    /// Faces that are narrower are left out: pixels of the video.
    package var minimumFaceWidth = 20.0
    /// No more faces than this are followed in a frame, the largest first.
    package var maximumFaces = 8
    /// Cosine from which two tracks are one person's; 0: the footage decides.
    package var likeness = 0.0
    /// Standard deviation, in frames, of the filter that steadies the crops along a track.
    package var smoothing = 2.0

    package init() {}
}

package enum CropFormat: String, Sendable, Codable, CaseIterable {
    case png
    case jpg
}

/// How a model is trained.
package struct TrainingSettings: Sendable, Codable, Equatable {
    /// `quick`, `standard` or `film`.
    package var preset = "quick"
    /// Same seed, same data, same machine: same model.
    package var seed = 1
    /// `auto`, `cpu`, `cuda`, `cuda:1` …, `mps`.
    package var device = "auto"
    /// Seconds between two preview sheets.
    package var previewEvery = 30.0
    /// Seconds between two checkpoints.
    package var checkpointEvery = 30.0
    /// The newest checkpoints that are kept, two at least.
    package var checkpoints = 2
    /// Seconds of training between two snapshots, checkpoints that stay; and how many of them stay.
    package var snapshotEvery = 3600.0
    package var snapshots = 3

    package init() {}
}

/// How the model's face is put into the target's frames. Lengths are fractions of the face's width.
package struct SwappingSettings: Sendable, Codable, Equatable {
    /// What belongs to the face: the model's `learned` mask, the `hull` of the landmarks, their `product`,
    /// their `union`, all that is drawn (`crop`), or the product where a network sees a person (`segmentation`).
    package var mask = "product"
    /// How far the mask shrinks before its soft edge begins.
    package var inset = 0.0
    /// Width of the soft edge.
    package var feather = 0.10
    /// The same towards the forehead, the cheeks and the chin; below 0 as `feather`.
    package var featherForehead = -1.0
    package var featherCheeks = -1.0
    package var featherChin = -1.0
    /// What the new face takes over of the old one's colours: its `light` (the slow part of the difference), `seamless`
    /// (the difference along the edge), `edge` (the same, fading towards the middle), means and deviations (`rct`), means and covariances (`lct`, `mkl`), whole
    /// distributions channel by channel (`histogram`) or jointly (`idt`, `sot`), or `none`. `statistics` is an older word for `rct`.
    package var colour = "skin"
    /// How much of the way the colours go, 0…1.
    package var colourStrength = 1.0
    /// Detail added to the new face by unsharp masking; 0 for none.
    package var sharpening = 0.0
    /// How much of the fine detail that the network loses is taken from the source's own frames, 0…1.
    package var sourceDetail = 1.0
    /// How much the new face's sharpness is adjusted towards the old one's, 0…1.
    package var matchDetail = 1.0
    /// How much of the old face's grain is added where the new one lacks it, 0…1.
    package var matchGrain = 0.0
    /// How much of the fine parts that compression has taken from the old face is taken from the new one, 0…1.
    package var matchCompression = 0.0
    /// Blur along the face's way: the share of a frame's time for which the shutter is open; 0 for none.
    package var motionBlur = 0.0
    /// Size of the new face against the old one's.
    package var scale = 1.0
    /// Frames over which a face is faded in and out where its track begins or ends within the video; 0 for none.
    package var fade = 0
    /// Parts of the old face that stay: `mouth`, `eyes`, `teeth`.
    package var keep: [String] = []
    /// Whether hands, microphones and hair that stand before the old face stay in front of the new one.
    package var occlusion = true
    /// Standard deviation, in frames, of the filter that steadies the face's place along a track; 0 leaves its mask unsteadied, too.
    package var smoothing = 2.0

    package init() {}

    /// All words for `colour`.
    package static let colours = [
        "skin", "light", "seamless", "edge", "rct", "lct", "mkl", "histogram", "idt", "sot", "none",
        "statistics",
    ]
    /// All words for `keep`.
    package static let parts = ["mouth", "eyes", "teeth"]
    /// All words for `mask`.
    package static let masks = ["learned", "hull", "product", "union", "crop", "segmentation"]
}

/// How the result is encoded; its container follows the file's extension (mp4, mov, mkv).
package struct EncodingChoice: Sendable, Codable, Equatable {
    /// `auto` (the target's own, or what comes nearest), `h264`, `hevc`, `prores` or `ffv1`.
    package var codec = "auto"
    /// Constant rate factor of h264 and hevc, 0 (exact) to 51 (the worst); -1 for a visually lossless one of the codec's
    /// own: 16 for h264, 20 for hevc.
    package var quality = -1
    /// `auto` (copied, or encoded to AAC where the container cannot carry it), `copy`, `aac`, `opus`, `flac` or `none`.
    package var sound = "auto"
    /// The encoder's preset, from `ultrafast` to `veryslow`.
    package var speed = "medium"

    package init() {}
}
