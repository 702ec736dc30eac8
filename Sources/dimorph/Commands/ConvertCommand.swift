import ArgumentParser
import Commands
import Foundation
import Media
import Swapping
import Workspace

struct ConvertCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Swaps the model's face into a video or picture.",
        discussion: """
            Audio, timestamps, frame size, codec and colours of the target are kept; anything that the output container does \
            not support is reported before the conversion starts. If the target is a picture, the output is a picture. \
            Frames in which the target's face is not found are copied unchanged. The output has a small "AI" label in a \
            corner and is declared as synthetic in its metadata. If no face is swapped, no output is written and the reason \
            is printed (exit code 3).

            Use --preview to try colour transfer, mask and feather settings on a single frame.

            A video is converted in segments of 480 frames, which are kept in a hidden folder beside the output until all \
            are complete; an interrupted conversion resumes when the same command is run again. With --shard, several \
            processes share the segments, on one machine or on several machines with a common file system. Under mpirun and \
            srun, each rank converts its shard automatically.

            EXAMPLES
              dimorph convert --target b.mp4 --output swapped.mp4 --workspace project
              dimorph convert --target b.mp4 --preview 120 --colour seamless --output frame.png --workspace project
              dimorph convert --target b.mp4 --output swapped.mp4 --compare both.mp4 --workspace project
              dimorph convert --target scene.mp4 --map ben=anna --map carl=dora@other --output swapped.mp4 --workspace project
              mpirun -n 3 dimorph convert --target b.mp4 --output swapped.mp4 --workspace project
            """)

    @Option(
        help: ArgumentHelp("Path of the video or picture in which the face is replaced.", valueName: "video"))
    var target: String

    @Option(
        help: ArgumentHelp(
            "Path of the video to write (.mp4, .mov, .mkv), or a pattern of numbered pictures in a new folder (shots/%05d.png); for a target picture and with --preview, a picture (.png, .jpg, .webp, .tif, .bmp).",
            valueName: "file"))
    var output: String

    @Flag(help: "Overwrite existing files at --output and --compare that were not made by Dimorph.")
    var overwrite = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Convert only this frame (first frame: 0) and write it as a picture.", valueName: "frame"))
    var preview: Int?

    @Option(
        help: ArgumentHelp(
            "Path of an additional video with target and result side by side.", valueName: "file"))
    var compare: String?

    @Flag(help: "With --preview: show the target frame to the left of the result.")
    var beside = false

    @Option(
        help: ArgumentHelp(
            "Layer to write: the composited result, the swapped face only (transparent elsewhere), or the compositing mask.",
            valueName: "layer"))
    var layer: ConversionLayer = .result

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Morph factor of amp models, 0 (target) to 1 (source).", valueName: "share"))
    var morph: Double = 1

    @Option(
        help: ArgumentHelp(
            "TOML file with per-range edits of the video: person to swap, on or off, size, opacity.",
            valueName: "file"))
    var edits: String?

    @Option(
        name: .customLong("map"),
        help: ArgumentHelp(
            "Face set of the target and of the source, such as ben=anna; repeat for each person. ben=anna@project uses the newest model of that project (default: the model's second person gets the face of its first).",
            valueName: "target=source"))
    var map: [PersonMapping] = []

    @Option(
        help: ArgumentHelp(
            "Garbage matte with the size of the target: a picture, or a video with one mask per frame; black areas keep the target.",
            valueName: "file"))
    var matte: String?

    @Option(
        help: ArgumentHelp(
            "Convert only this share of the segments, such as 2/3; the process that finishes last joins them.",
            valueName: "share/count"))
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "Minimum cosine similarity to the target's face set; faces below it belong to other people and are not swapped (default: 0.45 to 0.6, derived from the similarities within the set).",
            valueName: "cosine"))
    var likeness: Double?

    @Flag(
        help:
            "If no face was swapped, copy the target without marks instead of reporting an error."
    )
    var allowUnchanged = false

    @OptionGroup(title: "Consent") var consents: ConsentOptions
    @OptionGroup(title: "Marks") var marking: MarkingOptions
    @OptionGroup(title: "Compositing") var compositing: CompositingOptions
    @OptionGroup(title: "Encoding") var encoding: EncodingOptions
    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        if let likeness, !(0...1).contains(likeness) {
            throw ValidationError("--likeness \(likeness): must be a cosine similarity from 0 to 1.")
        }
        if let preview {
            guard preview >= 0 else {
                throw ValidationError("--preview \(preview): must be 0 or more.")
            }
            guard compare == nil else {
                throw ValidationError(
                    "--compare writes a video; for a single frame use --preview with --beside.")
            }
            guard shard == nil else {
                throw ValidationError("--shard divides a video; --preview converts a single frame.")
            }
            guard layer != .face else {
                throw ValidationError(
                    "--layer face is transparent, which --preview does not support; use --layer mask.")
            }
            try Paths.validatePicture(output)
        } else {
            guard !beside else {
                throw ValidationError("--beside requires --preview; for a video use --compare.")
            }
            try validateVideo()
        }
        if let compare {
            try Paths.validateOutput(compare, inputs: [target, output], option: "--compare")
        }
        try PersonMapping.validate(map, consents)
        guard (0...1).contains(morph) else {
            throw ValidationError("--morph \(morph): must be between 0 and 1.")
        }
    }

    private func validateVideo() throws {
        let isSequence = PictureSequence(URL(filePath: output)) != nil
        if isSequence {
            guard shard == nil else {
                throw ValidationError(
                    "--shard supports videos only; numbered pictures are written in one run.")
            }
            guard !encoding.isNamed else {
                throw ValidationError(
                    "--codec, --quality, --sound and --pixel-format are for videos; \(output) is a lossless picture sequence."
                )
            }
        } else {
            try Paths.validateOutput(output, target: target, inputs: [])
            try encoding.validate(output: output)
            if PictureFile.isPicture(URL(filePath: target)) { try validatePicture() }
        }
        guard layer != .result else { return }
        guard compare == nil else {
            throw ValidationError("--compare shows the result; it cannot be combined with --layer.")
        }
        let isPicture = PictureFile.isPicture(URL(filePath: output))
        if layer == .face, !isSequence, !isPicture, ![.prores, .ffv1].contains(encoding.codec) {
            throw ValidationError(
                "--layer face requires an alpha channel: use --codec prores (.mov), --codec ffv1 (.mkv), or pictures such as shots/%05d.png."
            )
        }
        if layer == .face, let format = encoding.pixelFormat,
            !EncodingSettings.supports(pixelFormat: format, withAlpha: true)
        {
            throw ValidationError(
                "--layer face requires an alpha channel, which \(format) lacks; use one such as yuva444p12le."
            )
        }
    }

    /// Throws a usage error for options that apply to videos only.
    private func validatePicture() throws {
        guard !encoding.isNamed else {
            throw ValidationError(
                "--codec, --quality, --sound and --pixel-format are for videos; \(target) is a picture.")
        }
        guard shard == nil, compare == nil else {
            throw ValidationError("--shard and --compare are for videos; \(target) is a picture.")
        }
    }

    func execute(_ console: Console) throws {
        let video =
            preview == nil ? try Paths.checkTarget(target, output: output) : try Paths.checkVideo(target)
        let sequence = preview == nil ? PictureSequence(URL(filePath: output)) : nil
        let file = try sequence.map(Paths.checkSequence) ?? Paths.checkOutput(output)
        var workspace = try Workspace.open(project.url, create: false)
        workspace.settings.take(common)
        compositing.take(into: &workspace.settings.swapping)
        var order = ConversionRequest(target: video, marks: marking.marks, morph: morph, map: map)
        if let edits { order.edits = try EditList(reading: URL(filePath: edits)) }
        order.matte = matte.map { URL(filePath: $0) }
        (order.layer, order.allowsUnchanged, order.likeness) = (layer, allowUnchanged, likeness)
        let share = preview == nil && sequence == nil ? shard ?? Shard.ofRank() : nil
        let pipeline = try Pipeline(
            workspace, consents: consents.choice, signing: marking.signing.files, console: console,
            shared: share != nil, overwrites: overwrite)
        if let preview {
            try pipeline.still(
                order, frame: preview, output: file, besideTarget: beside)
            console.result("frame \(preview): \(output)")
            return
        }
        try pipeline.convert(
            order, output: file, comparison: compare.map { try Paths.checkOutput($0, option: "--compare") },
            encoding: encoding.settings(workspace.settings.encoding), share: share?.share ?? .all)
        guard sequence == nil else {
            console.result("pictures: \(output)")
            return
        }
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        console.result("video: \(output)")
        if let compare { console.result("target and result side by side: \(compare)") }
    }
}

extension ConversionLayer: ExpressibleByArgument {}
