import ArgumentParser
import Commands
import Workspace

/// Compositing options; the defaults are the project's settings.
struct CompositingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Face mask: learned (by the model), hull (of the landmarks), product or union of both, crop (the whole crop), or segmentation: "
                + "product restricted by a person segmentation network (Scripts/setup --with-segmentation).",
            valueName: "mask"))
    var mask: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Erosion of the mask in face widths; negative values dilate it.",
            valueName: "share"))
    var inset: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Width of the feathered edge in face widths.", valueName: "share"))
    var feather: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Feather width at the forehead only.", valueName: "share"))
    var featherForehead: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Feather width at the cheeks only.", valueName: "share"))
    var featherCheeks: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Feather width at the chin only.", valueName: "share"))
    var featherChin: Double?

    @Option(
        help: ArgumentHelp(
            "Colour transfer from the target face: skin, light, seamless, edge, rct, lct, mkl, histogram, idt, sot or none.",
            valueName: "colour"))
    var colour: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Strength of the colour transfer, 0 to 1.", valueName: "share"))
    var colourStrength: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Strength of unsharp masking, 0 to 5.", valueName: "amount"))
    var sharpen: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Amount of fine detail to transfer from the source frames, 0 to 1.",
            valueName: "share"))
    var sourceDetail: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Strength of matching the sharpness of the target face, 0 to 1.",
            valueName: "share"))
    var matchDetail: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Strength of matching the grain of the target face, 0 to 1.",
            valueName: "share"))
    var matchGrain: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Strength of matching the compression loss of the target face, 0 to 1.",
            valueName: "share"))
    var matchCompression: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Motion blur along the movement of the face: shutter time as a fraction of the frame time, 0 to 2.",
            valueName: "share"))
    var motionBlur: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Scale of the swapped face, 0.5 to 2.", valueName: "factor"))
    var scale: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Number of frames of the cross-fade with the target face where a track begins or ends within the video.",
            valueName: "frames"))
    var fade: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Temporal smoothing of face position and mask: standard deviation in frames, 0 to 50; 0 disables it.",
            valueName: "frames"))
    var steady: Double?

    @Option(
        help: ArgumentHelp(
            "Keep this part of the target face: mouth, eyes, or teeth (area between the lips); repeat for several parts. none: keep nothing.",
            valueName: "part"))
    var keep: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Keep occlusions (hands, microphones, hair) in front of the swapped face.")
    var occlusion: Bool?

    func validate() throws {
        var settings = ProjectSettings()
        take(into: &settings.swapping)
        if let complaint = settings.complaint {
            throw ValidationError("Compositing options: \(complaint).")
        }
    }

    /// Overrides the project's settings with the flags of this run.
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
