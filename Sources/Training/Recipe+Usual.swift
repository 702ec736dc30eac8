import Architectures
import NeuralNetworks

extension Recipe {
    /// Default recipe of a network: for networks of DeepFaceLab and faceswap their usual recipe, with a
    /// constant learning rate and no averaging.
    package static func usual(for design: NetworkDesign) -> Recipe {
        switch design {
        case .hybrid(let settings): return settings.sharesDecoder == true ? base : Recipe()
        case .article:
            return field(
                batch: 128, .init(kind: .adam, betas: [0.5, 0.999], epsilon: 1e-7), loss: .article, .faceswap)
        case .original:
            return field(
                batch: 16, .init(kind: .adam, betas: [0.9, 0.999], epsilon: 1e-7), loss: .faceswap, .faceswap)
        case .df, .liae, .amp:
            let isQuick = design == .df(.quick96)
            return field(batch: isQuick ? 4 : 8, .published(.adabelief), loss: .deepFaceLab, .deepFaceLab)
        }
    }

    /// For a base model: few faces each of many people. Means and standard deviations of two faces' codes
    /// would be noise.
    private static var base: Recipe {
        var recipe = Recipe()
        (recipe.batch, recipe.people, recipe.code.matching) = (2, 8, 0)
        return recipe
    }

    private static func field(
        batch: Int, _ optimizer: OptimizerSettings, loss: LossSettings,
        _ augmentation: AugmentationSettings
    ) -> Recipe {
        var recipe = Recipe()
        (recipe.batch, recipe.optimizer) = (batch, optimizer)
        (recipe.loss, recipe.augmentation) = (loss, augmentation)
        recipe.rate = LearningRate(peak: 5e-5, warmUp: 1, floor: 1)
        (recipe.clip, recipe.averaging, recipe.balance) = (0, 0, 0)
        recipe.code.matching = 0
        return recipe
    }
}
