import ArgumentParser
import Faces
import Workspace

/// Extraction options; the defaults are the project's settings.
struct ExtractionFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Use every n-th frame.", valueName: "n"))
    var every: Int?

    @Option(help: ArgumentHelp("Start time: seconds or h:m:s.", valueName: "time"))
    var from: ClockTime?

    @Option(help: ArgumentHelp("End time; 0 for the end of the video.", valueName: "time"))
    var to: ClockTime?

    @Option(
        help: ArgumentHelp("Minimum face width in pixels of the video.", valueName: "pixels"))
    var minFace: Double?

    @Option(
        help: ArgumentHelp("Maximum number of faces per frame, largest first.", valueName: "count"))
    var maxFaces: Int?

    @Option(help: "Crop area: full (face), whole (to the hairline) or head (with the hair).")
    var crop: CropKind?

    @Option(help: ArgumentHelp("Width and height of the crop files in pixels.", valueName: "pixels"))
    var size: Int?

    func validate() throws {
        try check("--every", every, 1...1000)
        try check("--min-face", minFace, 0...10_000)
        try check("--max-faces", maxFaces, 1...100)
        try check("--size", size, 32...1024)
        if let from, let to, to.seconds > 0, to.seconds <= from.seconds {
            throw ValidationError("--to: must be greater than --from.")
        }
    }

    private func check<Value: Comparable>(
        _ name: String, _ value: Value?, _ allowed: ClosedRange<Value>
    ) throws {
        guard let value, !allowed.contains(value) else { return }
        throw ValidationError(
            "\(name) \(value): must be between \(allowed.lowerBound) and \(allowed.upperBound).")
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
