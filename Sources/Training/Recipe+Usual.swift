import Architectures
import NeuralNetworks

extension Recipe {
    /// The recipe that a network is trained with where nobody says otherwise: for the field's networks the one that
    /// their users know, without average, warm-up or falling rate.
    package static func usual(for design: NetworkDesign) -> Recipe {
        switch design {
        case .hybrid: Recipe()
        case .article: .field(batch: 128, betas: [0.5, 0.999])
        case .original: .field(batch: 16, betas: [0.9, 0.999], .faceswap)
        case .df(let settings) where settings == .quick96:
            .field(batch: 4, betas: [0.9, 0.999], .deepFaceLab)
        case .df, .liae, .amp: .field(batch: 8, betas: [0.9, 0.999], .deepFaceLab)
        }
    }

    private static func field(
        batch: Int, betas: [Double], _ augmentation: AugmentationSettings = AugmentationSettings()
    ) -> Recipe {
        var recipe = Recipe()
        recipe.batch = batch
        recipe.augmentation = augmentation
        recipe.rate = LearningRate(peak: 5e-5, warmUp: 1, floor: 1)
        recipe.optimizer.betas = betas
        recipe.optimizer.decay = 0
        recipe.optimizer.epsilon = 1e-7
        recipe.clip = 0
        recipe.code.matching = 0
        recipe.balance = 0
        return recipe
    }
}
