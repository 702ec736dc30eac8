import ArgumentParser
import Commands
import Foundation
import Media
import Swapping
import Workspace

struct ConvertCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Puts the model's face into a video.",
        discussion: """
            The video's sound, times, size, codec and colours stay; what the output's container cannot carry is said before \
            the work begins. The target may be a picture, which gives a picture. Frames without the target's face pass \
            through unchanged. The result carries a small "AI" tag in a corner, and says in its metadata that it is \
            synthetic. If no face is swapped, nothing is written and the reason is printed (exit code 3).

            What the face takes over of the old one's colours, its mask and its edge are tried out fastest on a single \
            frame (--preview).

            A long video is converted in parts of 480 frames, which wait in a hidden folder beside the output until all are \
            there: a conversion that was broken off goes on from there when the same command is run again. With --shard \
            several runs, also on several machines that see the same folders, share the parts; under mpirun and srun each \
            rank takes its share by itself.

            EXAMPLES
              dimorph convert --target b.mp4 --output swapped.mp4 --workspace project
              dimorph convert --target b.mp4 --preview 120 --colour seamless --output frame.png --workspace project
              dimorph convert --target b.mp4 --output swapped.mp4 --compare both.mp4 --workspace project
              dimorph convert --target scene.mp4 --map ben=anna --map carl=dora@other --output swapped.mp4 --workspace project
              mpirun -n 3 dimorph convert --target b.mp4 --output swapped.mp4 --workspace project
            """)

    @Option(help: ArgumentHelp("The video or picture in which the face is replaced.", valueName: "video"))
    var target: String

    @Option(
        help: ArgumentHelp(
            "The video to make: .mp4, .mov or .mkv; numbered pictures in a new folder: shots/%05d.png; of a picture, or with --preview, a picture: .png, .jpg, .webp, .tif or .bmp.",
            valueName: "file"))
    var output: String

    @Flag(help: "Replace a file at --output or --compare that Dimorph did not make.")
    var overwrite = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only this frame, counted from 0, as a picture.", valueName: "frame"))
    var preview: Int?

    @Option(
        help: ArgumentHelp("Also make a video that shows target and result side by side.", valueName: "file"))
    var compare: String?

    @Flag(help: "With --preview: the target's frame to the left of the result's.")
    var beside = false

    @Option(
        help: ArgumentHelp(
            "What the output shows: the result, the new face alone (transparent elsewhere), or the mask by which it is laid in.",
            valueName: "layer"))
    var layer: ConversionLayer = .result

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "For models of amp: how much of the source the face takes, 0 to 1.", valueName: "share"))
    var morph: Double = 1

    @Option(
        help: ArgumentHelp(
            "A TOML file that says what is done otherwise in stretches of the video: which face, whether at all, size, opacity.",
            valueName: "file"))
    var edits: String?

    @Option(
        name: .customLong("map"),
        help: ArgumentHelp(
            "Who gets whose face, by the names of face sets, such as ben=anna; once for each person. ben=anna@project takes that project's newest model (default: the model's second person gets the first one's face).",
            valueName: "target=source"))
    var map: [PersonMapping] = []

    @Option(
        help: ArgumentHelp(
            "A painted mask of the target's size: a picture, or a video frame by frame; where it is black the target stays.",
            valueName: "file"))
    var matte: String?

    @Option(
        help: ArgumentHelp(
            "Make only this run's share of the parts, such as 2/3; the run that ends last joins them.",
            valueName: "share/count"))
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "Faces less like the target's face set than this cosine are somebody else's and stay as they are (default: 0.45 to 0.6, as the set's own faces are alike).",
            valueName: "cosine"))
    var likeness: Double?

    @Flag(
        help:
            "Write the target as it is, without marks, where no face was swapped; without this, that is an error."
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
            throw ValidationError("--likeness \(likeness): a cosine from 0 to 1.")
        }
        if let preview {
            guard preview >= 0 else {
                throw ValidationError("--preview \(preview): frames are counted from 0.")
            }
            guard compare == nil else {
                throw ValidationError(
                    "--compare makes a video; for a single frame use --preview with --beside.")
            }
            guard shard == nil else {
                throw ValidationError("--shard shares a video; --preview makes a single frame.")
            }
            guard layer != .face else {
                throw ValidationError(
                    "--layer face is transparent, which --preview does not show; try --layer mask.")
            }
            try Paths.validatePicture(output)
        } else {
            guard !beside else {
                throw ValidationError("--beside needs --preview; for a video use --compare.")
            }
            try validateVideo()
        }
        if let compare {
            try Paths.validateOutput(compare, inputs: [target, output], option: "--compare")
        }
        try PersonMapping.validate(map, consents)
        guard (0...1).contains(morph) else {
            throw ValidationError("--morph \(morph): must lie between 0 and 1.")
        }
    }

    private func validateVideo() throws {
        let isSequence = PictureSequence(URL(filePath: output)) != nil
        if isSequence {
            guard shard == nil else {
                throw ValidationError("--shard makes videos; numbered pictures are made in one run.")
            }
            guard !encoding.isNamed else {
                throw ValidationError(
                    "--codec, --quality, --sound and --pixel-format are for videos; \(output) are exact pictures."
                )
            }
        } else {
            try Paths.validateOutput(output, target: target, inputs: [])
            try encoding.validate(output: output)
            if PictureFile.isPicture(URL(filePath: target)) { try validatePicture() }
        }
        guard layer != .result else { return }
        guard compare == nil else {
            throw ValidationError("--compare shows the result; leave --layer out.")
        }
        let isPicture = PictureFile.isPicture(URL(filePath: output))
        if layer == .face, !isSequence, !isPicture, ![.prores, .ffv1].contains(encoding.codec) {
            throw ValidationError(
                "--layer face is transparent: use --codec prores (.mov), --codec ffv1 (.mkv), or pictures such as shots/%05d.png."
            )
        }
        if layer == .face, let format = encoding.pixelFormat,
            !EncodingSettings.supports(pixelFormat: format, withAlpha: true)
        {
            throw ValidationError(
                "--layer face is transparent, which \(format) is not; use one such as yuva444p12le.")
        }
    }

    /// Usage: a picture has neither parts nor an encoder to choose.
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
            console.result("the pictures: \(output)")
            return
        }
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        console.result("the video: \(output)")
        if let compare { console.result("target and result side by side: \(compare)") }
    }
}

extension ConversionLayer: ExpressibleByArgument {}
