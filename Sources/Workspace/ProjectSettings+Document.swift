import Foundation

/// Settings as a TOML document: a file with every key, its value and a comment; read back strictly.
extension ProjectSettings {
    /// What the commented file says about each key, in its order; `section` alone opens a section.
    static let guide: [(key: String, comment: String)] = [
        ("version", "Version of this file's layout."),
        ("extraction", "How videos become a face set."),
        (
            "extraction.crop",
            "How much around the face a crop shows: \"full\", \"whole\" (to the hairline) or \"head\" (with the hair)."
        ),
        ("extraction.crop_margin", "How much the pictures are wider than the crop, as a share of it."),
        ("extraction.crop_size", "Sides of the crop files, in pixels, margin included."),
        ("extraction.crop_format", "Crop files: \"png\" (exact) or \"jpg\" (a quarter of the size)."),
        ("extraction.packed_size", "Sides of the pictures that training reads, in pixels; a multiple of 8."),
        ("extraction.every", "Take each n-th frame."),
        ("extraction.from", "Leave out what comes before this time, in seconds."),
        ("extraction.to", "Leave out what comes from this time on, in seconds; 0 is the video's end."),
        ("extraction.maximum_faces", "Follow no more faces than this at once, the largest first."),
        ("extraction.minimum_face_width", "Leave out faces that are narrower, in pixels of the video."),
        (
            "extraction.likeness",
            "Likeness (cosine, 0 to 1) from which two tracks are one person's; 0: the footage decides."
        ),
        (
            "extraction.smoothing",
            "Steadying of the crops along a track: standard deviation in frames; 0 is off."
        ),
        ("training", "How a model is trained."),
        ("training.preset", "\"quick\" (minutes), \"standard\" (hours) or \"film\" (days, in stages)."),
        ("training.seed", "Same seed, same videos, same machine: same model."),
        ("training.device", "\"auto\", \"cpu\", \"cuda\", \"cuda:1\" or \"mps\"."),
        ("training.preview_every", "Seconds between two preview sheets."),
        ("training.checkpoint_every", "Seconds between two checkpoints."),
        ("training.checkpoints", "How many of the newest checkpoints are kept."),
        ("training.snapshot_every", "Seconds of training between two snapshots: checkpoints that stay."),
        ("training.snapshots", "How many of the newest snapshots are kept; 0 takes none."),
        (
            "swapping",
            "How the new face is put into the target's frames. Lengths are fractions of the face's width."
        ),
        (
            "swapping.mask",
            "\"learned\" by the model, \"hull\" of the landmarks, their \"product\" or \"union\", all that is drawn (\"crop\"), or \"segmentation\": the product where a network sees a person."
        ),
        ("swapping.inset", "How far the mask shrinks before its soft edge begins."),
        ("swapping.feather", "Width of the soft edge."),
        ("swapping.feather_forehead", "The same towards the forehead; -1: as feather."),
        ("swapping.feather_cheeks", "Likewise towards the cheeks."),
        ("swapping.feather_chin", "Likewise towards the chin."),
        (
            "swapping.colour",
            "Taken over from the old face: \"skin\", \"light\", \"seamless\", \"edge\", \"rct\", \"lct\", \"mkl\", \"histogram\", \"idt\", \"sot\" or \"none\"."
        ),
        ("swapping.colour_strength", "How much of the way the colours go, 0 to 1."),
        ("swapping.sharpening", "Detail added to the new face by unsharp masking; 0 is off."),
        (
            "swapping.source_detail",
            "How much of the fine detail that the network loses is taken from the source's own frames, 0 to 1."
        ),
        (
            "swapping.match_detail",
            "How much the new face's sharpness is adjusted towards the old one's, 0 to 1."
        ),
        ("swapping.match_grain", "How much of the old face's grain is added to the new one, 0 to 1."),
        (
            "swapping.match_compression",
            "How much of what compression has taken from the old face is taken from the new one, 0 to 1."
        ),
        ("swapping.motion_blur", "Blur along the face's way, as a share of a frame's time; 0 is off."),
        ("swapping.scale", "Size of the new face against the old one's."),
        ("swapping.fade", "Frames over which a face is faded where its track begins or ends; 0 is off."),
        ("swapping.keep", "Parts of the old face that stay: \"mouth\", \"eyes\", \"teeth\"."),
        ("swapping.occlusion", "Whether what stands before the old face stays in front of the new one."),
        ("swapping.smoothing", "Steadying of the face's place: standard deviation in frames; 0 is off."),
        ("encoding", "How the result is encoded; its container follows the name: mp4, mov or mkv."),
        (
            "encoding.codec",
            "\"auto\" (as the target), \"h264\", \"hevc\", \"prores\" or \"ffv1\" (exact)."
        ),
        (
            "encoding.quality",
            "h264, hevc: 0 is exact, 51 the worst; -1 looks like the target (16 for h264, 20 for hevc)."
        ),
        (
            "encoding.sound",
            "\"auto\" (copied, or AAC where that cannot be), \"copy\", \"aac\", \"opus\", \"flac\" or \"none\"."
        ),
        ("encoding.speed", "The encoder's preset, \"ultrafast\" to \"veryslow\": slower is smaller."),
    ]

    /// The commented TOML file.
    package var document: String {
        var lines = [
            "# A Dimorph project. Change what you like; the command line's flags override it for one run.",
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

    /// Reads a document; keys that it leaves out keep their defaults.
    ///
    /// - Parameter name: how errors call the file.
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
