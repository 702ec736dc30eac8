/// Presets of duration, network and training stages.
package enum TrainingPreset: String, Sendable, Codable, CaseIterable {
    /// Minutes on a CPU.
    case quick
    /// An evening on one GPU, or a night on a CPU.
    case standard
    /// Days, for high-resolution faces: with warp, then without, finally with a discriminator.
    case film

    /// Default training time in minutes.
    package var minutes: Double {
        switch self {
        case .quick: 10
        case .standard: 480
        case .film: 4320
        }
    }

    /// Candidate networks, largest first. The last is used if no other is fast enough.
    package var networks: [String] {
        switch self {
        case .quick: ["dimorph-s"]
        case .standard: ["dimorph-m", "dimorph-s"]
        case .film: ["dimorph-l", "dimorph-m", "dimorph-s"]
        }
    }

    /// Minimum number of steps in the preset's time; a network that would make fewer is replaced by a smaller
    /// one.
    package var fewestSteps: Int {
        switch self {
        case .quick: 0
        case .standard: 30_000
        case .film: 100_000
        }
    }

    /// Selects the first network that fits into memory and makes enough steps in the given time.
    ///
    /// - Parameters:
    ///   - minutes: the available time.
    ///   - isFilled: whether the packed faces have at least the network's resolution; other networks are
    ///     skipped.
    ///   - forecast: measures a network; throws `TrainingError.tooLittleMemory` if it does not fit.
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

    /// The preset's stages, applied to a network's recipe.
    package func staged(_ recipe: Recipe) -> Recipe {
        guard self == .film else { return recipe }
        var recipe = recipe
        recipe.augmentation.warpUntil = 0.7
        // A discriminator needs the source and the target in every step.
        if recipe.people == 0 { (recipe.adversary.weight, recipe.adversary.start) = (0.1, 0.85) }
        return recipe
    }
}
