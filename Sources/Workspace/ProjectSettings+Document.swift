import Foundation

/// Settings as a TOML document: written with every key, its value and a comment; read strictly.
extension ProjectSettings {
    /// Comment of each key, in order; an entry without a dot begins a section.
    static let guide: [(key: String, comment: String)] = [
        ("version", "Version of this file format."),
        ("extraction", "Extraction of face sets from videos."),
        (
            "extraction.crop",
            "Crop area: \"full\" (face), \"whole\" (to the hairline) or \"head\" (with the hair)."
        ),
        ("extraction.crop_margin", "Margin around the crop, as a fraction of its size."),
        ("extraction.crop_size", "Size of the crop files in pixels, including the margin."),
        (
            "extraction.crop_format",
            "Crop file format: \"png\" (lossless) or \"jpg\" (a quarter of the size)."
        ),
        ("extraction.packed_size", "Size of the training pictures in pixels; a multiple of 8."),
        ("extraction.every", "Use every n-th frame."),
        ("extraction.from", "Start time in seconds."),
        ("extraction.to", "End time in seconds; 0: end of the video."),
        ("extraction.maximum_faces", "Maximum number of faces per frame, largest first."),
        ("extraction.minimum_face_width", "Minimum face width in pixels of the video."),
        (
            "extraction.likeness",
            "Minimum cosine similarity of two tracks of one person, 0 to 1; 0: derived from the footage."
        ),
        (
            "extraction.smoothing",
            "Temporal smoothing of the crops along a track: standard deviation in frames; 0 disables it."
        ),
        ("training", "Training of models."),
        ("training.preset", "\"quick\" (minutes), \"standard\" (hours) or \"film\" (days, in stages)."),
        ("training.seed", "Random seed; results are reproducible with the same data and machine."),
        ("training.device", "\"auto\", \"cpu\", \"cuda\", \"cuda:1\" or \"mps\"."),
        ("training.preview_every", "Interval between preview sheets in seconds."),
        ("training.checkpoint_every", "Interval between checkpoints in seconds."),
        ("training.checkpoints", "Number of newest checkpoints to keep."),
        ("training.snapshot_every", "Training time between snapshots (permanent checkpoints) in seconds."),
        ("training.snapshots", "Number of newest snapshots to keep; 0 disables snapshots."),
        (
            "swapping",
            "Compositing of the swapped face. Lengths are fractions of the face width."
        ),
        (
            "swapping.mask",
            "Face mask: \"learned\" (by the model), \"hull\" (of the landmarks), \"product\" or \"union\" of both, \"crop\", or \"segmentation\" (product restricted by a person segmentation)."
        ),
        ("swapping.inset", "Erosion of the mask."),
        ("swapping.feather", "Width of the feathered edge."),
        ("swapping.feather_forehead", "Feather width at the forehead; -1: as feather."),
        ("swapping.feather_cheeks", "Feather width at the cheeks; -1: as feather."),
        ("swapping.feather_chin", "Feather width at the chin; -1: as feather."),
        (
            "swapping.colour",
            "Colour transfer from the target face: \"skin\", \"light\", \"seamless\", \"edge\", \"rct\", \"lct\", \"mkl\", \"histogram\", \"idt\", \"sot\" or \"none\"."
        ),
        ("swapping.colour_strength", "Strength of the colour transfer, 0 to 1."),
        ("swapping.sharpening", "Strength of unsharp masking; 0 disables it."),
        (
            "swapping.source_detail",
            "Amount of fine detail to transfer from the source frames, 0 to 1."
        ),
        (
            "swapping.match_detail",
            "Strength of matching the sharpness of the target face, 0 to 1."
        ),
        ("swapping.match_grain", "Strength of matching the grain of the target face, 0 to 1."),
        (
            "swapping.match_compression",
            "Strength of matching the compression loss of the target face, 0 to 1."
        ),
        ("swapping.motion_blur", "Motion blur: shutter time as a fraction of the frame time; 0 disables it."),
        ("swapping.scale", "Scale of the swapped face."),
        ("swapping.fade", "Number of frames of the cross-fade where a track begins or ends; 0 disables it."),
        ("swapping.keep", "Parts of the target face to keep: \"mouth\", \"eyes\", \"teeth\"."),
        ("swapping.occlusion", "Keep occlusions in front of the swapped face."),
        (
            "swapping.smoothing",
            "Temporal smoothing of face position and mask: standard deviation in frames; 0 disables it."
        ),
        ("encoding", "Encoding of the output; the file extension determines the container: mp4, mov or mkv."),
        (
            "encoding.codec",
            "\"auto\" (as the target), \"h264\", \"hevc\", \"prores\" or \"ffv1\" (lossless)."
        ),
        (
            "encoding.quality",
            "Constant rate factor (CRF) of h264 and hevc, 0 (lossless) to 51 (worst); -1: 16 for h264, 20 for hevc."
        ),
        (
            "encoding.sound",
            "\"auto\" (copied, or AAC if the container does not support it), \"copy\", \"aac\", \"opus\", \"flac\" or \"none\"."
        ),
        ("encoding.speed", "Encoder preset, \"ultrafast\" to \"veryslow\"; slower gives smaller files."),
    ]

    /// The commented TOML file.
    package var document: String {
        var lines = [
            "# Dimorph project settings. Command-line options override them for one run.",
            "",
        ]
        let values = (try? Setting(of: self)) ?? .table([:])
        for (key, comment) in Self.guide {
            let value = key.split(separator: ".").reduce(values) { $0?[String($1)] }
            if case .table = value {
                lines += ["", "# \(comment)", "[\(key)]"]
            } else {
                lines += [
                    "# \(comment)", "\(key.split(separator: ".").last ?? "") = \(value?.literal ?? "")",
                ]
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads a document; missing keys have their defaults.
    ///
    /// - Parameter name: file name for error messages.
    /// - Throws: `WorkspaceError` (`settings`, `tooNew`) that names the key or the line.
    package init(document: String, name: String) throws {
        let given = try SettingsDocument.parse(document, name: name)
        if case .integer(let version) = given["version"], version > Self.currentVersion {
            throw WorkspaceError(
                .tooNew,
                "\(name) has version \(version), written by a later Dimorph; this one reads up to "
                    + "\(Self.currentVersion): update Dimorph")
        }
        self = try SettingsDocument.value(given, over: ProjectSettings(), name: name)
        if let complaint { throw WorkspaceError(.settings, "\(name): \(complaint)") }
    }
}
