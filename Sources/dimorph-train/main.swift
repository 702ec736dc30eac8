import ArgumentParser
import Commands
import Foundation

/// `dimorph train` as a program of its own, which links neither FFmpeg nor anything of the other stages.
struct TrainingWorker: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "dimorph-train",
        abstract:
            "Makes a model of two people's face sets, or trains it further: dimorph train without the rest.",
        discussion: """
            For machines that only train: takes the flags of `dimorph train` and gives its results, and needs neither FFmpeg \
            nor the videos, only the workspace (dimorph.toml, dimorph.sqlite, consents.jsonl, and the packed sets in sets/). \
            Documentation/Clusters.md tells how it comes to a GPU machine.

            EXAMPLES
              dimorph-train --source anna --target bert --workspace project --minutes 30
              mpirun -n 4 dimorph-train --source anna --target bert --workspace project --iterations 20000

            EXIT CODES
              0 done, 1 failure, 2 wrong usage, 3 bad input, 130 interrupted; the same command goes on
            """,
        version: Version.current)

    @OptionGroup var training: TrainCommand

    var common: RunOptions { training.common }

    func execute(_ console: Console) throws { try training.execute(console) }
}

if let status = ArgumentEncoding.refusal() { exit(status) }
exit(await Launcher<TrainingWorker>.run(Array(CommandLine.arguments.dropFirst())))
