import ArgumentParser
import Faces
import Workspace

/// What `extract` takes from its videos, and how; without an option as the project's settings say.
struct ExtractionFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Take each n-th frame.", valueName: "n"))
    var every: Int?

    @Option(help: ArgumentHelp("Begin at this time: seconds, or h:m:s.", valueName: "time"))
    var from: ClockTime?

    @Option(help: ArgumentHelp("End before this time; 0 for the video's end.", valueName: "time"))
    var to: ClockTime?

    @Option(
        help: ArgumentHelp("Leave out faces that are narrower in the video's frames.", valueName: "pixels"))
    var minFace: Double?

    @Option(
        help: ArgumentHelp("Follow no more faces than this at once, the largest first.", valueName: "count"))
    var maxFaces: Int?

    @Option(help: "How much around the face: full, whole (to the hairline) or head (with the hair).")
    var crop: CropKind?

    @Option(help: ArgumentHelp("Sides of the crop files.", valueName: "pixels"))
    var size: Int?

    func validate() throws {
        try check("--every", every, 1...1000)
        try check("--min-face", minFace, 0...10_000)
        try check("--max-faces", maxFaces, 1...100)
        try check("--size", size, 32...1024)
        if let from, let to, to.seconds > 0, to.seconds <= from.seconds {
            throw ValidationError("--to: must lie behind --from.")
        }
    }

    private func check<Value: Comparable>(
        _ name: String, _ value: Value?, _ allowed: ClosedRange<Value>
    ) throws {
        guard let value, !allowed.contains(value) else { return }
        throw ValidationError(
            "\(name) \(value): must lie between \(allowed.lowerBound) and \(allowed.upperBound).")
    }

    var options: ExtractionOptions {
        var options = ExtractionOptions()
        (options.every, options.from, options.to) = (every, from?.seconds, to?.seconds)
        (options.minimumFaceWidth, options.maximumFaces) = (minFace, maxFaces)
        (options.crop, options.cropSize) = (crop, size)
        return options
    }
}

extension CropKind: ExpressibleByArgument {}

extension ClockTime: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
