import Architectures

extension HybridSettings {
    /// A network small enough for tests, of four measures: two of the eyes, one of the mouth, and one that steers both.
    static var tiny: HybridSettings {
        var settings = HybridSettings(upperMeasures: [0, 1, 3], lowerMeasures: [2, 3])
        (settings.resolution, settings.encoderResolution) = (32, 16)
        (settings.encoderChannels, settings.encoderBlocks) = (8, 1)
        (settings.learnedCode, settings.style) = (6, 12)
        (settings.startChannels, settings.channels, settings.headChannels) = (4, 8, 6)
        return settings
    }

    /// The same with a refinement above it.
    static var tinyRefined: HybridSettings {
        var settings = tiny
        (settings.resolution, settings.refinementChannels) = (64, 3)
        return settings
    }
}
