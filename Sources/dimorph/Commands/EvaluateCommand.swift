import ArgumentParser
import Commands
import Evaluation
import Files
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

            EXAMPLES
              dimorph evaluate swapped.mp4 --target b.mp4 --source a.mp4
              dimorph evaluate swapped.mp4 --target b.mp4 --source a.mp4 --html report.html
            """)

    @Argument(help: ArgumentHelp("The swapped video.", valueName: "output"))
    var output: String

    @Option(help: ArgumentHelp("The video it was made from.", valueName: "video"))
    var target: String

    @Option(help: ArgumentHelp("A video of the person whose face was put in.", valueName: "video"))
    var source: String

    @Option(
        help: ArgumentHelp(
            "A video of somebody else, among whom the source is to be recognised; once for each person.",
            valueName: "video"))
    var among: [String] = []

    @Option(help: ArgumentHelp("The perfect swap, frame by frame.", valueName: "video"))
    var truth: String?

    @Option(help: ArgumentHelp("Bright where output and truth are compared.", valueName: "video"))
    var mask: String?

    @Option(help: ArgumentHelp("Also write the figures to this JSON file.", valueName: "file"))
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Also write a page for a browser, with the worst frames as pictures.", valueName: "file"))
    var html: String?

    @OptionGroup var common: RunOptions

    func validate() throws {
        if mask != nil, truth == nil { throw ValidationError("--mask needs --truth.") }
        if let html, !html.lowercased().hasSuffix(".html") {
            throw ValidationError("--html \(html): use a name such as report.html.")
        }
    }

    var printsOnly: Bool { report == nil && html == nil }

    func execute(_ console: Console) throws {
        let device = try Device.named(common.device ?? "auto")
        let analyser = try FaceAnalyser(weights: Installation.weights(), device: device)
        let (output, target) = (try Paths.checkVideo(output), try Paths.checkVideo(target))
        let truth = try truth.map(Paths.checkVideo)
        let files = (
            report: try report.map { try Paths.checkOutput($0, option: "--report") },
            html: try html.map { try Paths.checkOutput($0, option: "--html") }
        )
        let (result, frames) = try Evaluator(analyser: analyser, progress: console.progress).evaluateFrames(
            output: output, target: target, source: Paths.checkVideo(source), truth: truth,
            mask: mask.map(Paths.checkVideo), others: among.map(Paths.checkVideo))
        if let report = files.report { try DurableFile.write(result.json(), to: report) }
        if let html = files.html {
            let page = EvaluationPage(
                report: result, frames: frames, output: output, target: target, truth: truth)
            try DurableFile.write(Data(page.html().utf8), to: html)
        }
        console.result(result.table)
        console.figures(try result.json())
    }
}
