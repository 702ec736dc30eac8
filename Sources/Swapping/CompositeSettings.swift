/// How a swapped face is laid into its frame. Lengths are fractions of the face's width (the side of the mean face's
/// unit square, about from temple to temple).
package struct CompositeSettings: Sendable, Codable, Equatable {
    /// Which mask says what belongs to the face.
    package enum Mask: String, Sendable, Codable, CaseIterable {
        /// The one that the model has learned.
        case learned
        /// The hull of the target's landmarks.
        case hull
        /// Where both agree.
        case product
        /// Where either says so.
        case union
        /// All that the network draws.
        case crop
        /// Where both agree and a network sees a person (`FaceSegmenter`).
        case segmentation
    }

    /// Widths of the soft edge where they differ from side to side; nil is as everywhere.
    package struct FeatherSides: Sendable, Codable, Equatable {
        package var forehead: Double?
        package var cheeks: Double?
        package var chin: Double?

        package init(forehead: Double? = nil, cheeks: Double? = nil, chin: Double? = nil) {
            (self.forehead, self.cheeks, self.chin) = (forehead, cheeks, chin)
        }
    }

    package var mask: Mask
    /// How far the mask shrinks before the feather begins.
    package var erosion: Double
    /// Width of the soft edge, which lies inside the eroded mask.
    package var feather: Double
    package var featherSides = FeatherSides()
    package var colour: ColourTransfer
    /// How much of the way the colours go, 0…1.
    package var colourStrength: Double
    /// Standard deviation, in frames, of the smoothing of what is measured for the colour along the track.
    package var colourDeviation: Double
    /// The same for the mask: its edge would flicker.
    package var maskDeviation = 1.0
    /// Unsharp masking of the swapped face before it is laid in: share of the detail added; 0 for none.
    package var sharpening: Double
    /// How much of the fine detail that the network loses is taken from the source's own frames, 0…1.
    package var sourceDetail = 1.0
    /// How much the new face's sharpness is adjusted towards the target's, 0…1 (`TextureMeasure.detailGain`).
    package var detail = 1.0
    /// How much of the grain that the target's face has and the new one lacks is added, 0…1.
    package var grain = 0.0
    /// How much of the fine parts that compression has taken from the target's face is taken from the new one, 0…1.
    package var compression = 0.0
    /// Blur along the face's way through the frame: the share of a frame's time for which the shutter is open; 0 for none.
    package var motionBlur = 0.0
    /// Frames over which a face is faded in and out where its track begins or ends within the video; 0 for none.
    package var fade = 0
    /// How much of the new face shows, 0…1.
    package var opacity = 1.0
    /// Size of the new face against the old one's, around the face's middle.
    package var scale = 1.0
    /// Parts of the target's own face that stay, each once.
    package var kept: [KeptPart] = []
    /// Whether what stands before the face stays in front of it (`Occlusion`).
    package var keepsOcclusion: Bool

    package init(
        mask: Mask = .product, erosion: Double = 0, feather: Double = 0.10,
        colour: ColourTransfer = .skin(reach: 0.3), colourStrength: Double = 1, colourDeviation: Double = 2,
        sharpening: Double = 0,
        keepsOcclusion: Bool = true
    ) {
        (self.mask, self.erosion, self.feather, self.colour) = (mask, erosion, feather, colour)
        (self.colourDeviation, self.sharpening) = (colourDeviation, sharpening)
        (self.colourStrength, self.keepsOcclusion) = (colourStrength, keepsOcclusion)
    }

    /// Frames on each side of one that have a say in how its face is laid in.
    var reach: Int {
        max(
            Int((2 * max(0, colourDeviation, maskDeviation)).rounded(.up)), keepsOcclusion ? 2 : 0, fade,
            motionBlur > 0 ? 1 : 0)
    }
}
