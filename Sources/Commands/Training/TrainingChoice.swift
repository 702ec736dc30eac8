import Architectures
import Faces
import Files
import Foundation
import Training
import Workspace

/// What is trained, and how, as far as somebody has said it.
package struct TrainingChoice {
    var architecture: String?
    var resolution: Int?
    var widths: [String: Int] = [:]
    var batch: Int?
    var recipeFile: URL?
    /// Single values of the recipe, as `key=value`.
    var changes: [String] = []
    /// Another model that a new one starts from, and parts that are initialized all the same.
    var startingFrom: URL?
    /// Whether the installation's base model is started from where no model is named and it fits.
    var usesBase = true
    var fresh: [String] = []
    var keep = Trainer.ModelChoice.last

    /// A network by its name, or none by any, and everything else as it is usual.
    package init(architecture: String? = nil) { self.architecture = architecture }

    /// Whether nothing says which network.
    var leavesNetworkOpen: Bool { architecture == nil && resolution == nil && widths.isEmpty }

    /// The network to train: the one that the model has, or the one that is named.
    ///
    /// - Parameters:
    ///   - earlier: the card of the model that is gone on with.
    ///   - usual: the name where none is said.
    /// - Throws: `InputError` where another network is named than the model has.
    func network(goingOnWith earlier: ModelCard?, usual: String) throws -> (
        name: String, design: NetworkDesign
    ) {
        guard let earlier else {
            let name = (architecture ?? usual).lowercased()
            return (name, try NetworkDesign(named: name, resolution: resolution, widths: widths))
        }
        // A network may have been built otherwise by the same name before.
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

    /// The model that a new one starts from: the one that is named, or the base model where it is of the same network and crop.
    ///
    /// - Parameters:
    ///   - base: of the installation; nil for none.
    ///   - crops: of the sets.
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

    /// The recipe: the model's own or the network's usual one in the preset's stages, with what the file and the flags change.
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
        if let complaint = result.complaint { throw InputError("The recipe cannot be: \(complaint).") }
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
