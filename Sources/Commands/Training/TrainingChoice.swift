import Architectures
import Faces
import Files
import Foundation
import Training
import Workspace

/// Network and recipe of a training, as far as they were specified.
package struct TrainingChoice {
    var architecture: String?
    var resolution: Int?
    var widths: [String: Int] = [:]
    var batch: Int?
    var recipeFile: URL?
    /// Single values of the recipe, as `key=value`.
    var changes: [String] = []
    /// Another model to initialize a new one from, and parts that are nevertheless initialized randomly.
    var startingFrom: URL?
    /// Whether the installation's base model is used if no model is specified and it is compatible.
    var usesBase = true
    var fresh: [String] = []
    var keep = Trainer.ModelChoice.last

    /// A network by its name, or none, with default settings.
    package init(architecture: String? = nil) { self.architecture = architecture }

    /// Whether no network is specified.
    var leavesNetworkOpen: Bool { architecture == nil && resolution == nil && widths.isEmpty }

    /// The network to train: the existing model's, or the specified one.
    ///
    /// - Parameters:
    ///   - earlier: card of the model to resume.
    ///   - usual: default name.
    /// - Throws: `InputError` if the specified network differs from the model's.
    func network(goingOnWith earlier: ModelCard?, usual: String) throws -> (
        name: String, design: NetworkDesign
    ) {
        guard let earlier else {
            let name = (architecture ?? usual).lowercased()
            return (name, try NetworkDesign(named: name, resolution: resolution, widths: widths))
        }
        // An earlier version may have built a different network with the same name.
        let isSame = resolution == nil && widths.isEmpty && architecture?.lowercased() == earlier.architecture
        if !isSame, architecture != nil || resolution != nil || !widths.isEmpty {
            let named = try NetworkDesign(
                named: architecture ?? earlier.architecture, resolution: resolution, widths: widths)
            guard named == earlier.design else {
                throw InputError(
                    "The model in this workspace is a \(earlier.architecture) of other sizes than the flags say: leave "
                        + "--architecture, --resolution and --width out to train it on, or use another --workspace"
                )
            }
        }
        return (earlier.architecture, earlier.design)
    }

    /// The model to initialize a new one from: the specified one, or the base model if network and crop
    /// match.
    ///
    /// - Parameters:
    ///   - base: base model of the installation; `nil` for none.
    ///   - crops: crop kinds of the sets.
    func start(of design: NetworkDesign, crops: [CropKind], base: URL?) throws -> URL? {
        if let startingFrom { return startingFrom }
        guard usesBase, design.hasBase, let base else { return nil }
        let card: ModelCard
        do { card = try ModelFile(base).card } catch {
            throw InputError(
                "The base model \(base.path) cannot be read: restore it from the repository (git checkout Models), or start "
                    + "without it by --start-from none")
        }
        return design.canStart(from: card.design) && crops.allSatisfy { $0.rawValue == card.crop }
            ? base : nil
    }

    /// The recipe: the model's own or the network's default with the preset's stages, modified by the file
    /// and the flags.
    func recipe(
        goingOnWith earlier: ModelCard?, for design: NetworkDesign, preset: TrainingPreset
    ) throws -> Recipe {
        let usual = preset.staged(Recipe.usual(for: design))
        var result = try earlier.map { try Recipe.stored(in: $0, over: usual) } ?? usual
        if let recipeFile {
            result = try SettingsDocument.read(
                Self.text(of: recipeFile), over: result, name: recipeFile.path)
        }
        result = try SettingsDocument.assign(changes, in: result, name: "--set")
        if let batch { result.batch = batch }
        if let complaint = result.complaint { throw InputError("Invalid recipe: \(complaint).") }
        return result
    }

    private static func text(of file: URL) throws -> String {
        do {
            return try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw InputError("\(file.path) cannot be read (\(error.plainDescription)); check --recipe")
        }
    }
}
