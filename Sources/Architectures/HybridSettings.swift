/// Size and shape of the `dimorph` family of networks. Lengths are in pixels of the crop.
package struct HybridSettings: Sendable, Codable, Equatable {
    /// Output side. A multiple of 8, of 16 with a refinement.
    package var resolution = 128
    /// Side of the encoder input, which covers the same part of the face. A multiple of 16.
    package var encoderResolution = 64
    package var encoderChannels = 128
    package var encoderBlocks = 2
    /// Length of the learned latent.
    package var learnedCode = 32
    /// Indices of the measures that affect the upper face (eyes, brows, head pose), and the lower (mouth,
    /// head pose).
    package var upperMeasures: [Int]
    package var lowerMeasures: [Int]
    /// Width of the two styles, upper and lower, that modulate all later blocks.
    package var style = 256
    /// Height of the transition from the upper to the lower style, and its softness; fractions of the crop's
    /// height.
    package var split = 0.5
    package var splitSoftness = 0.04
    /// Channels of the initial features, and channels of the blocks; both at 1/8 of the patch head's output
    /// resolution.
    package var startChannels = 32
    package var channels = 112
    /// Number of blocks shared by all people, and of blocks per person.
    package var sharedBlocks = 1
    package var ownBlocks = 2
    /// Channels of the patch head. Four patches overlap at each pixel, so that four times as many contribute
    /// to it.
    package var headChannels = 24
    /// Channels of the refinement, which adds the frequencies between half and full resolution; `nil` for
    /// none: the patch head then has full resolution.
    package var refinementChannels: Int?
    /// Whether all people share one decoder except for their mean faces: for a base model of many people.
    /// `nil` means no.
    package var sharesDecoder: Bool?

    /// The network for minutes on a CPU (`dimorph-s`).
    package init(upperMeasures: [Int], lowerMeasures: [Int]) {
        self.upperMeasures = upperMeasures
        self.lowerMeasures = lowerMeasures
    }

    /// Output side of the patch head.
    var headResolution: Int { refinementChannels == nil ? resolution : resolution / 2 }
    /// Side of the grid that all blocks work on.
    var places: Int { headResolution / 8 }

    /// The settings without refinement and shared decoder, which must agree between a base model and the
    /// models initialized from it.
    var common: HybridSettings {
        var result = self
        result.resolution = headResolution
        (result.refinementChannels, result.sharesDecoder) = (nil, nil)
        return result
    }

    func form(people: [String]) -> NetworkForm {
        NetworkForm(
            inputSide: encoderResolution, outputSide: resolution, people: people, drawsMask: true,
            takesMeasures: true, learnedCode: learnedCode,
            coarseSide: refinementChannels == nil ? nil : headResolution)
    }
}
