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
        abstract: "Measures the quality of a swapped video.",
        discussion: """
            Compares the swapped video with its target and with a video of the source person: identity similarity to both \
            (face recognition), agreement of mouth, eyes, expression and pose with the target, jitter and sharpness. If a \
            ground truth is available (--truth), also PSNR and SSIM inside the --mask.

            EXAMPLES
              dimorph evaluate swapped.mp4 --target b.mp4 --source a.mp4
              dimorph evaluate swapped.mp4 --target b.mp4 --source a.mp4 --html report.html
            """)

    @Argument(help: ArgumentHelp("Path of the swapped video.", valueName: "output"))
    var output: String

    @Option(help: ArgumentHelp("Path of the target video from which it was made.", valueName: "video"))
    var target: String

    @Option(help: ArgumentHelp("Path of a video of the source person.", valueName: "video"))
    var source: String

    @Option(
        help: ArgumentHelp(
            "Path of a video of another person, used as a distractor in identification; repeat for each person.",
            valueName: "video"))
    var among: [String] = []

    @Option(help: ArgumentHelp("Path of the ground-truth video, aligned frame by frame.", valueName: "video"))
    var truth: String?

    @Option(
        help: ArgumentHelp(
            "Path of a mask video; output and ground truth are compared in its bright areas.",
            valueName: "video"))
    var mask: String?

    @Option(help: ArgumentHelp("Path of a JSON file for the measurements.", valueName: "file"))
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Path of an HTML report that shows the worst frames.", valueName: "file"))
    var html: String?

    @OptionGroup var common: RunOptions

    func validate() throws {
        if mask != nil, truth == nil { throw ValidationError("--mask requires --truth.") }
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
