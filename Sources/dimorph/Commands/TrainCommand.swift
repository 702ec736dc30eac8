import ArgumentParser
import Foundation
import Workspace

struct TrainCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Makes a model of two people's face sets, or trains it further.",
        discussion: """
            --minutes and --iterations count over all runs of the model. A preview sheet is written to the workspace now and \
            then: the target, its reconstruction, the swap and the composite.

            EXAMPLE
              dimorph train --source anna --target bert --workspace project --minutes 30
            """)

    @Option(help: ArgumentHelp("Face set of the person whose face is put in.", valueName: "set"))
    var source: String

    @Option(help: ArgumentHelp("Face set of the person whose face is replaced.", valueName: "set"))
    var target: String

    @Option(
        name: .customLong("with"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Face sets of further people, each with a decoder: the shared part learns more expressions.",
            valueName: "set"))
    var others: [String] = []

    @OptionGroup(title: "Training") var stop: StopOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Network and recipe") var recipe: RecipeOptions
    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        let sets = [source, target] + others
        for name in sets {
            do { try Workspace.checkSetName(name) } catch { throw ValidationError("\(error).") }
        }
        guard source != target else { throw ValidationError("--source and --target are the same set.") }
        guard Set(sets).count == sets.count else {
            throw ValidationError("--with names a set twice, or one that is --source or --target.")
        }
    }

    func execute(_ console: Console) throws {
        var workspace = try Workspace.open(project.url, create: false)
        workspace.settings.take(common, training)
        let preset = Preset(rawValue: workspace.settings.training.preset) ?? .quick
        let pipeline = try Pipeline(workspace, console: console)
        guard !recipe.showRecipe else { return try pipeline.showRecipe(recipe.choice) }
        try pipeline.train(
            source: source, target: target, others: others, stop: stop.rule(preset: preset),
            choice: recipe.choice)
    }
}
