import Architectures
import ArgumentParser
import Foundation
import Training
import Workspace

/// Options for architecture and training recipe.
package struct RecipeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Architecture, such as dimorph-s, df-ud or original; `dimorph models` lists them.",
            valueName: "name"))
    var architecture: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Face resolution of the network in pixels.", valueName: "pixels"))
    var resolution: Int?

    @Option(
        name: .customLong("width"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Change a layer width of the architecture, such as encoder=80 or code=256.",
            valueName: "name=count"))
    var widthChanges: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Batch size per person.", valueName: "count"))
    var batch: Int?

    @Option(
        help: ArgumentHelp(
            "Path of a recipe file in the format of --show-recipe.", valueName: "file"))
    var recipe: String?

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Change a recipe value, such as loss.mouth=4.", valueName: "key=value"))
    var changes: [String] = []

    @Option(
        help: ArgumentHelp(
            "Path of a pretrained model; parameters that both architectures have in common are copied. none: random initialization (default: the base model in Models/ for dimorph-s and dimorph-m).",
            valueName: "file|none"))
    var startFrom: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Modules that are randomly initialized nevertheless, such as intermediate or encoder.code.",
            valueName: "part"))
    var fresh: [String] = []

    @Option(
        help: ArgumentHelp(
            "Model to use for conversion: the last one, or the one with the best validation score.",
            valueName: "last|best"))
    var keep: Trainer.ModelChoice = .last

    @Flag(help: "Print the resulting recipe without training.")
    var showRecipe = false

    package init() {}

    package func validate() throws {
        if let batch, !(1...1024).contains(batch) {
            throw ValidationError("--batch \(batch): must be between 1 and 1024.")
        }
        if let resolution, !(32...1024).contains(resolution) {
            throw ValidationError("--resolution \(resolution): must be between 32 and 1024.")
        }
        guard fresh.isEmpty || startFrom != Self.noStart else {
            throw ValidationError(
                "--fresh with --start-from none: all parameters are randomly initialized already.")
        }
        for change in widthChanges where Self.width(change) == nil {
            throw ValidationError("--width \(change): must have the form name=count, such as encoder=80.")
        }
    }

    /// Value of `--start-from` for random initialization.
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
