import ArgumentParser
import Evaluation
import Foundation
import Tensors
import Vision
import Workspace

struct EvaluateCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures a swapped video.",
        discussion: """
            Compares the swapped video with the target it was made from and with the source's person: a recogniser's \
            likeness to both, how well mouth, eyes, expression and pose follow the target, trembling and sharpness. Where \
            the perfect swap is known (--truth), also PSNR and SSIM inside the --mask.

            EXAMPLE
              dimorph evaluate swapped.mp4 --target b.mp4 --source a.mp4
            """)

    @Argument(help: ArgumentHelp("The swapped video.", valueName: "output"))
    var output: String

    @Option(help: ArgumentHelp("The video it was made from.", valueName: "video"))
    var target: String

    @Option(help: ArgumentHelp("A video of the person whose face was put in.", valueName: "video"))
    var source: String

    @Option(help: ArgumentHelp("The perfect swap, frame by frame.", valueName: "video"))
    var truth: String?

    @Option(help: ArgumentHelp("Bright where output and truth are compared.", valueName: "video"))
    var mask: String?

    @Option(help: ArgumentHelp("Also write the figures to this JSON file.", valueName: "file"))
    var report: String?

    @OptionGroup var common: RunOptions

    func validate() throws {
        if mask != nil, truth == nil { throw ValidationError("--mask needs --truth.") }
    }

    func execute(_ console: Console) throws {
        let device = try Device.named(common.device ?? "auto")
        let analyser = try FaceAnalyser(weights: Installation.weights(), device: device)
        let result = try Evaluator(analyser: analyser, progress: console.progress).evaluate(
            output: Paths.checkVideo(output), target: Paths.checkVideo(target),
            source: Paths.checkVideo(source),
            truth: truth.map(Paths.checkVideo), mask: mask.map(Paths.checkVideo))
        if let report { try result.json().write(to: Paths.checkOutput(report), options: .atomic) }
        console.result(result.table)
        console.figures(try result.json())
    }
}
