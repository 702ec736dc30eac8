import ArgumentParser
import Commands
import Workspace

/// How the new face is laid into the frames; without an option as the project's settings say.
struct CompositingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What belongs to the face: the model's learned mask, the hull of the landmarks, their product or union, all that is drawn (crop), or segmentation: "
                + "the product where a network sees a person (Scripts/setup --with-segmentation).",
            valueName: "mask"))
    var mask: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How far the mask shrinks (below 0: grows) before its soft edge begins, in face widths.",
            valueName: "share"))
    var inset: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Width of the soft edge, in face widths.", valueName: "share"))
    var feather: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The same towards the forehead alone.", valueName: "share"))
    var featherForehead: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The same towards the cheeks alone.", valueName: "share"))
    var featherCheeks: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The same towards the chin alone.", valueName: "share"))
    var featherChin: Double?

    @Option(
        help: ArgumentHelp(
            "What the face takes over of the old one's colours: skin, light, seamless, edge, rct, lct, mkl, histogram, idt, sot or none.",
            valueName: "colour"))
    var colour: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How much of the way the colours go, 0 to 1.", valueName: "share"))
    var colourStrength: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Detail added by unsharp masking, 0 to 5.", valueName: "amount"))
    var sharpen: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much of the fine detail that the network loses is taken from the source's own frames, 0 to 1.",
            valueName: "share"))
    var sourceDetail: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much the new face's sharpness is adjusted towards the old one's, 0 to 1.",
            valueName: "share"))
    var matchDetail: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much of the old face's grain is added where the new one lacks it, 0 to 1.",
            valueName: "share"))
    var matchGrain: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much of the fine parts that compression has taken from the old face is taken from the new one, 0 to 1.",
            valueName: "share"))
    var matchCompression: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Blur along the face's way: the share of a frame's time for which the shutter is open, 0 to 2.",
            valueName: "share"))
    var motionBlur: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Size of the new face against the old one's, 0.5 to 2.", valueName: "factor"))
    var scale: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Fade a face in and out over so many frames where its track begins or ends within the video: there the old face is seen.",
            valueName: "frames"))
    var fade: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Steadying of the face's place: standard deviation in frames, 0 to 50; 0 leaves its mask unsteadied, too.",
            valueName: "frames"))
    var steady: Double?

    @Option(
        help: ArgumentHelp(
            "Keep this part of the old face: mouth, eyes, or teeth (what is between the lips). Give it once for each part; none keeps nothing.",
            valueName: "part"))
    var keep: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Whether what stands before the face (hands, microphones, hair) stays in front of it.")
    var occlusion: Bool?

    func validate() throws {
        var settings = ProjectSettings()
        take(into: &settings.swapping)
        if let complaint = settings.complaint {
            throw ValidationError("The flags for laying the face in: \(complaint).")
        }
    }

    /// Lets the flags of this run override the project's settings.
    func take(into settings: inout SwappingSettings) {
        settings.mask = mask ?? settings.mask
        settings.inset = inset ?? settings.inset
        settings.feather = feather ?? settings.feather
        settings.featherForehead = featherForehead ?? settings.featherForehead
        settings.featherCheeks = featherCheeks ?? settings.featherCheeks
        settings.featherChin = featherChin ?? settings.featherChin
        settings.sourceDetail = sourceDetail ?? settings.sourceDetail
        settings.matchDetail = matchDetail ?? settings.matchDetail
        settings.matchGrain = matchGrain ?? settings.matchGrain
        settings.matchCompression = matchCompression ?? settings.matchCompression
        settings.motionBlur = motionBlur ?? settings.motionBlur
        settings.scale = scale ?? settings.scale
        settings.fade = fade ?? settings.fade
        settings.colour = colour ?? settings.colour
        settings.colourStrength = colourStrength ?? settings.colourStrength
        settings.sharpening = sharpen ?? settings.sharpening
        settings.smoothing = steady ?? settings.smoothing
        if !keep.isEmpty { settings.keep = keep == ["none"] ? [] : keep }
        settings.occlusion = occlusion ?? settings.occlusion
    }
}
