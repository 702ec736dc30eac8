import Architectures
import Workspace

extension Recipe {
    /// The recipe that a model was last trained with; keys newer than the model have these defaults.
    package static func stored(in card: ModelCard, over defaults: Recipe) throws -> Recipe {
        guard let json = card.recipe else { return defaults }
        return try SettingsDocument.restored(json, over: defaults)
    }
}
