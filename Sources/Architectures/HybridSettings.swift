/// Size and shape of the `dimorph` family of networks. Lengths are in pixels of the crop.
package struct HybridSettings: Sendable, Codable, Equatable {
    /// Side of the faces that come out. A multiple of 16.
    package var resolution: Int
    /// Side of the picture that the encoder looks at, of the same part of the face. A multiple of 16.
    package var encoderResolution: Int
    package var encoderChannels: Int
    package var encoderBlocks: Int
    /// Numbers in the learned half of the code.
    package var learnedCode: Int
    /// Numbers in the measured half of the code (expression, gaze, pose).
    package var measuredCode: Int
    /// Width of the style that modulates every block after the code.
    package var style: Int
    /// Channels at 1/16 of the resolution, and blocks there before and after the people part.
    package var coarseChannels: Int
    package var sharedBlocks: Int
    package var coarseBlocks: Int
    /// Channels at 1/8 of the resolution, and blocks there.
    package var fineChannels: Int
    package var fineBlocks: Int
    /// Channels of the patch head, at 1/8 of the resolution.
    package var headChannels: Int

    /// The network for minutes on a CPU.
    package static func small(measures: Int) -> HybridSettings {
        HybridSettings(
            resolution: 128, encoderResolution: 64, encoderChannels: 128, encoderBlocks: 2, learnedCode: 32,
            measuredCode: measures, style: 256, coarseChannels: 192, sharedBlocks: 1, coarseBlocks: 1,
            fineChannels: 112, fineBlocks: 2, headChannels: 48)
    }
}
