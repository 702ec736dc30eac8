import Architectures
import ArgumentParser
import Foundation
import Training
import Workspace

/// What is trained, and how, for those who want to say it themselves.
package struct RecipeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Network to train, such as dimorph-s, df-ud or original; `dimorph models` lists them.",
            valueName: "name"))
    var architecture: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Side of the faces that the network draws, in pixels.", valueName: "pixels"))
    var resolution: Int?

    @Option(
        name: .customLong("width"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Change a width of one of the field's networks, such as encoder=80 or code=256.",
            valueName: "name=count"))
    var widthChanges: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Faces of each person in a step.", valueName: "count"))
    var batch: Int?

    @Option(
        help: ArgumentHelp(
            "A file with changes to the recipe, as --show-recipe prints it.", valueName: "file"))
    var recipe: String?

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Change a value of the recipe, such as loss.mouth=4.", valueName: "key=value"))
    var changes: [String] = []

    @Option(
        help: ArgumentHelp(
            "A model of other people to start a new one from: what both have in common is taken over. Without it dimorph-s and dimorph-m start from the base model in Models/; none: from random parameters.",
            valueName: "file|none"))
    var startFrom: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Parts that start from random parameters all the same, such as intermediate or encoder.code.",
            valueName: "part"))
    var fresh: [String] = []

    @Option(
        help: ArgumentHelp(
            "Which model is converted with: the last, or the one whose swaps were judged best.",
            valueName: "last|best"))
    var keep: Trainer.ModelChoice = .last

    @Flag(help: "Print the recipe that would be trained with, and train nothing.")
    var showRecipe = false

    package init() {}

    package func validate() throws {
        if let batch, !(1...1024).contains(batch) {
            throw ValidationError("--batch \(batch): must lie between 1 and 1024.")
        }
        if let resolution, !(32...1024).contains(resolution) {
            throw ValidationError("--resolution \(resolution): must lie between 32 and 1024.")
        }
        guard fresh.isEmpty || startFrom != Self.noStart else {
            throw ValidationError("--fresh with --start-from none: all parameters are random then anyway.")
        }
        for change in widthChanges where Self.width(change) == nil {
            throw ValidationError("--width \(change): must read name=count, such as encoder=80.")
        }
    }

    /// `--start-from` of a model that begins with random parameters.
    private static let noStart = "none"

    private static func width(_ change: String) -> (name: String, count: Int)? {
        let parts = change.split(separator: "=").map(String.init)
        guard parts.count == 2, let count = Int(parts[1]) else { return nil }
        return (parts[0], count)
    }

    private var widths: [String: Int] {
        Dictionary(widthChanges.compactMap(Self.width).map { ($0.name, $0.count) }) { _, last in last }
    }

    var choice: TrainingChoice {
        var choice = TrainingChoice(architecture: architecture)
        (choice.resolution, choice.widths, choice.batch) = (resolution, widths, batch)
        (choice.recipeFile, choice.changes) = (recipe.map { URL(filePath: $0) }, changes)
        (choice.usesBase, choice.fresh) = (startFrom == nil, fresh)
        if let startFrom, startFrom != Self.noStart { choice.startingFrom = URL(filePath: startFrom) }
        choice.keep = keep
        return choice
    }
}

extension Trainer.ModelChoice: ExpressibleByArgument {}
