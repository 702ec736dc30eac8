/// Settings of the overlay of a swapped face. Lengths are fractions of the face's width (the side of the mean face's unit
/// square, about from temple to temple).
package struct CompositeSettings: Sendable, Codable, Equatable {
    /// The mask of the face.
    package enum Mask: String, Sendable, Codable, CaseIterable {
        /// The mask that the model has learned.
        case learned
        /// The hull of the target's landmarks.
        case hull
        /// Intersection (product) of both.
        case product
        /// Union of both.
        case union
        /// The whole crop.
        case crop
        /// Intersection of both with a segmentation of persons (`FaceSegmenter`).
        case segmentation
    }

    /// Feather widths per side of the face; `nil` for the common width.
    package struct FeatherSides: Sendable, Codable, Equatable {
        package var forehead: Double?
        package var cheeks: Double?
        package var chin: Double?

        package init(forehead: Double? = nil, cheeks: Double? = nil, chin: Double? = nil) {
            (self.forehead, self.cheeks, self.chin) = (forehead, cheeks, chin)
        }
    }

    package var mask: Mask
    /// Erosion of the mask before feathering.
    package var erosion: Double
    /// Width of the feather, which lies inside the eroded mask.
    package var feather: Double
    package var featherSides = FeatherSides()
    package var colour: ColourTransfer
    /// Strength of the colour transfer, 0…1.
    package var colourStrength: Double
    /// Standard deviation, in frames, of the smoothing of colour measurements along the track.
    package var colourDeviation: Double
    /// The same for the mask, whose edge would flicker otherwise.
    package var maskDeviation = 1.0
    /// Unsharp masking of the swapped face before the overlay: share of the detail added; 0 for none.
    package var sharpening: Double
    /// Share of the fine detail lost by the network that is taken from the source's own frames, 0…1.
    package var sourceDetail = 1.0
    /// Strength of matching the swapped face's sharpness to the target's, 0…1 (`TextureMeasure.detailGain`).
    package var detail = 1.0
    /// Share of the missing grain of the target that is added, 0…1.
    package var grain = 0.0
    /// Strength of matching the target's compression loss, 0…1.
    package var compression = 0.0
    /// Motion blur along the face's motion: shutter time as a share of the frame duration; 0 for none.
    package var motionBlur = 0.0
    /// Length, in frames, of the fade at the start and end of a track within the video; 0 for none.
    package var fade = 0
    /// Opacity of the swapped face, 0…1.
    package var opacity = 1.0
    /// Scale of the swapped face about the centre of the face.
    package var scale = 1.0
    /// Parts of the target's own face that are kept, each at most once.
    package var kept: [KeptPart] = []
    /// Whether occluders stay in front of the swapped face (`Occlusion`).
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

    /// Number of frames on each side that affect the overlay of a frame.
    var reach: Int {
        max(
            Int((2 * max(0, colourDeviation, maskDeviation)).rounded(.up)), keepsOcclusion ? 2 : 0, fade,
            motionBlur > 0 ? 1 : 0)
    }
}
