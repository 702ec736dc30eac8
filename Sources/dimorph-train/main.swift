import ArgumentParser
import Commands
import Foundation

/// `dimorph train` as a separate program that links neither FFmpeg nor the other stages.
struct TrainingWorker: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "dimorph-train",
        abstract:
            "Trains a face-swap model on two face sets: dimorph train as a separate program.",
        discussion: """
            For training machines: has the options and results of `dimorph train`, and requires neither FFmpeg nor the \
            videos, only the workspace (dimorph.toml, dimorph.sqlite, consents.jsonl, and the packed sets in sets/). \
            Documentation/Clusters.md describes the installation on a GPU machine.

            EXAMPLES
              dimorph-train --source anna --target bert --workspace project --minutes 30
              mpirun -n 4 dimorph-train --source anna --target bert --workspace project --iterations 20000

            EXIT CODES
              0 success, 1 failure, 2 wrong usage, 3 bad input, 130 interrupted; the same command resumes
            """,
        version: Version.current)

    @OptionGroup var training: TrainCommand

    var common: RunOptions { training.common }
    var printsOnly: Bool { training.printsOnly }

    func execute(_ console: Console) throws { try training.execute(console) }
}

if let status = ArgumentEncoding.refusal() { exit(status) }
exit(await Launcher<TrainingWorker>.run(Array(CommandLine.arguments.dropFirst())))
