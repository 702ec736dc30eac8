import ArgumentParser
import Foundation
import Workspace

package struct TrainCommand: StageCommand {
    package static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a face-swap model on two face sets, or continues its training.",
        discussion: """
            --minutes and --iterations count over all runs of a model. Preview sheets with target, reconstruction, swap and \
            composite are written to the workspace at intervals. With each preview, swaps of held-out validation faces are \
            scored; the model with the best score is saved as model/best.safetensors. The training history is stored in the \
            workspace; plot it with `dimorph info --workspace project --plot curves.png`.

            EXAMPLES
              dimorph train --source anna --target bert --workspace project --minutes 30
              dimorph train --source anna --target bert --workspace project --until-plateau --plot curves.png
            """)

    @Option(help: ArgumentHelp("Face set of the source person.", valueName: "set"))
    var source: String

    @Option(help: ArgumentHelp("Face set of the target person.", valueName: "set"))
    var target: String

    @Option(
        name: .customLong("with"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Face sets of additional people, from which the shared encoder learns more expressions.",
            valueName: "set"))
    var others: [String] = []

    @Flag(help: "Only measure and print training speed and memory use.")
    var forecast = false

    @Flag(help: "Only run a learning-rate range test of a hundred steps.")
    var findRate = false

    @OptionGroup(title: "Consent") var consents: ConsentOptions
    @OptionGroup(title: "Training") var stop: StopOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Network and recipe") var recipe: RecipeOptions
    @OptionGroup(title: "Watching") var watching: WatchOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions
    @OptionGroup var project: WorkspaceOption
    @OptionGroup package var common: RunOptions

    package init() {}

    /// The source first, then the target; further people only teach the encoder.
    private var sets: [String] { [source, target] + others }

    package func validate() throws {
        for name in sets {
            do { try Workspace.checkSetName(name) } catch { throw ValidationError("\(error).") }
        }
        guard source != target else { throw ValidationError("--source and --target are the same set.") }
        guard Set(sets).count == sets.count else {
            throw ValidationError("--with names a set twice, or one that is --source or --target.")
        }
    }

    package var printsOnly: Bool { isQuestion }

    /// Whether something is asked about a training that does not happen.
    private var isQuestion: Bool { recipe.showRecipe || forecast || findRate }

    package func execute(_ console: Console) throws {
        let processes = try Processes.joined()
        // Making or changing the index's tables is for one of them; the others come when that is done.
        var workspace = try processes.inTurn { try Workspace.open(project.url, create: false) }
        workspace.settings.take(common, training, safety)
        let preset = workspace.settings.training.trainingPreset
        if let log = watching.log, processes.isFirst { try console.log(to: URL(filePath: log)) }
        if isQuestion, !processes.isFirst { return }
        let session = try Session(
            workspace, consents: consents.choice, console: console,
            processes: isQuestion ? .alone : processes)
        let pipeline = TrainingPipeline(session, signer: try OutputSigner { console.say("note: \($0)") })
        let rule = stop.rule(preset: preset)
        guard !recipe.showRecipe else {
            return try pipeline.showRecipe(sets, stop: rule, choice: recipe.choice)
        }
        if forecast { return try pipeline.forecast(sets, stop: rule, choice: recipe.choice) }
        if findRate { return try pipeline.findRate(sets, stop: rule, choice: recipe.choice) }
        try pipeline.train(sets, stop: rule, choice: recipe.choice, watching: watching.extras())
    }
}
