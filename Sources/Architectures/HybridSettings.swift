/// Size and shape of the `dimorph` family of networks. Lengths are in pixels of the crop.
package struct HybridSettings: Sendable, Codable, Equatable {
    /// Side of the faces that come out. A multiple of 8, of 16 with a refinement.
    package var resolution = 128
    /// Side of the picture that the encoder looks at, of the same part of the face. A multiple of 16.
    package var encoderResolution = 64
    package var encoderChannels = 128
    package var encoderBlocks = 2
    /// Numbers in the learned half of the code.
    package var learnedCode = 32
    /// Places in the measured half of the code that steer the upper face (eyes, brows, turn), and the lower
    /// (mouth, turn).
    package var upperMeasures: [Int]
    package var lowerMeasures: [Int]
    /// Width of the two styles, upper and lower, that modulate every block after the code.
    package var style = 256
    /// Height at which the upper style hands over to the lower, and how softly; shares of the crop's height.
    package var split = 0.5
    package var splitSoftness = 0.04
    /// Channels that the styles are first spread out into, and channels of the blocks; both at 1/8 of
    /// what the patch head draws.
    package var startChannels = 32
    package var channels = 112
    /// Blocks that all people share, and blocks of each person.
    package var sharedBlocks = 1
    package var ownBlocks = 2
    /// Channels of the patch head. Four patches lie over each pixel, so that it is drawn by four times as many.
    package var headChannels = 24
    /// Channels of the refinement, which draws what lies between half the resolution and all of it; nil for none: the
    /// patch head then draws all.
    package var refinementChannels: Int?
    /// Whether all people are drawn by one decoder, and only their mean faces are their own: for a base model of many
    /// people. Nil is no.
    package var sharesDecoder: Bool?

    /// The network for minutes on a CPU (`dimorph-s`).
    package init(upperMeasures: [Int], lowerMeasures: [Int]) {
        self.upperMeasures = upperMeasures
        self.lowerMeasures = lowerMeasures
    }

    /// Side of what the patch head draws.
    var headResolution: Int { refinementChannels == nil ? resolution : resolution / 2 }
    /// Places on each side of the grid that all blocks work on.
    var places: Int { headResolution / 8 }

    /// The settings without refinement and shared decoder: what a base model and the models that start from it have in common.
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
