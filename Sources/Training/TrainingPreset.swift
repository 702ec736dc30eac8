/// A training for people who do not want to know how: how long it goes, with which network, and in which stages.
package enum TrainingPreset: String, Sendable, Codable, CaseIterable {
    /// Minutes on a CPU.
    case quick
    /// An evening on one GPU, or a night on a CPU.
    case standard
    /// Days, for large faces: with warps, then without, at last against a discriminator.
    case film

    /// Minutes of training where nothing else is said.
    package var minutes: Double {
        switch self {
        case .quick: 10
        case .standard: 480
        case .film: 4320
        }
    }

    /// Networks to choose from, the largest first. The last is taken where no other gets on quickly enough.
    package var networks: [String] {
        switch self {
        case .quick: ["dimorph-s"]
        case .standard: ["dimorph-m", "dimorph-s"]
        case .film: ["dimorph-l", "dimorph-m", "dimorph-s"]
        }
    }

    /// Steps that a network should get in the preset's time; of fewer, a smaller network makes more.
    package var fewestSteps: Int {
        switch self {
        case .quick: 0
        case .standard: 30_000
        case .film: 100_000
        }
    }

    /// The first of the networks that the machine has the memory for and trains for steps enough in the time.
    ///
    /// - Parameters:
    ///   - minutes: the time that there is.
    ///   - isFilled: whether what training reads of the faces has all the pixels that a network draws; others are passed over.
    ///   - forecast: measures a network; throws `TrainingError.tooLittleMemory` where it will not fit.
    package func network(
        minutes: Double, isFilled: (String) throws -> Bool = { _ in true },
        forecast: (String) throws -> Forecast
    ) throws -> String {
        for name in networks.dropLast() where try isFilled(name) {
            do {
                if try forecast(name).steps(in: minutes * 60) >= fewestSteps { return name }
            } catch let error as TrainingError where error.code == .tooLittleMemory {
                continue
            }
        }
        return networks[networks.count - 1]
    }

    /// The preset's stages, laid over a network's recipe.
    package func staged(_ recipe: Recipe) -> Recipe {
        guard self == .film else { return recipe }
        var recipe = recipe
        recipe.augmentation.warpUntil = 0.7
        // A discriminator wants the source and the target in every step.
        if recipe.people == 0 { (recipe.adversary.weight, recipe.adversary.start) = (0.1, 0.85) }
        return recipe
    }
}
