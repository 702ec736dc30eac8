import ArgumentParser
import Commands
import Workspace

/// How the new face is laid into the frames; without an option as the project's settings say.
struct CompositingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What belongs to the face: the model's learned mask, the hull of the landmarks, their product or union.",
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
        help: ArgumentHelp(
            "What the face takes over of the old one's colours: light, seamless, edge, rct, lct, mkl, histogram or none.",
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
            "Steadying of the face's place: standard deviation in frames, 0 to 50.", valueName: "frames"))
    var steady: Double?

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
        settings.colour = colour ?? settings.colour
        settings.colourStrength = colourStrength ?? settings.colourStrength
        settings.sharpening = sharpen ?? settings.sharpening
        settings.smoothing = steady ?? settings.smoothing
        settings.occlusion = occlusion ?? settings.occlusion
    }
}
