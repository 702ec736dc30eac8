import ArgumentParser
import Foundation
import Workspace

package struct TrainCommand: StageCommand {
    package static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Makes a model of two people's face sets, or trains it further.",
        discussion: """
            --minutes and --iterations count over all runs of the model. A preview sheet is written to the workspace now and \
            then: the target, its reconstruction, the swap and the composite. At each, swaps of faces that were kept from \
            training are judged; the model with the best lies in model/best.safetensors. How training went stays in the \
            workspace: `dimorph info --workspace project --plot curves.png` draws it at any time.

            EXAMPLES
              dimorph train --source anna --target bert --workspace project --minutes 30
              dimorph train --source anna --target bert --workspace project --until-plateau --plot curves.png
            """)

    @Option(help: ArgumentHelp("Face set of the person whose face is put in.", valueName: "set"))
    var source: String

    @Option(help: ArgumentHelp("Face set of the person whose face is replaced.", valueName: "set"))
    var target: String

    @Option(
        name: .customLong("with"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Face sets of further people: the shared part learns more expressions.",
            valueName: "set"))
    var others: [String] = []

    @Flag(help: "Only measure how quickly training runs and what memory it takes, and say it.")
    var forecast = false

    @Flag(help: "Only try which learning rate suits: the error at rising rates, over a hundred steps.")
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
