/// Size and shape of DeepFaceLab's networks `df` and `liae`.
package struct DeepFaceLabSettings: Sendable, Codable, Equatable {
    /// Side of the faces in pixels, in and out. A multiple of 16, of 32 with option `d`.
    package var resolution = 128
    package var options = Options()
    /// Numbers in the bottleneck (`ae_dims`). The picture behind it has as many channels, with `liae` twice as many.
    package var code = 256
    /// Channels of the encoder's first convolution (`e_dims`).
    package var encoder = 64
    /// An eighth of the channels of the decoders' first upscale (`d_dims`), and of the masks' (`d_mask_dims`).
    package var decoder = 64
    package var mask = 22

    package init(resolution: Int = 128, options: Options = Options()) {
        self.resolution = resolution
        self.options = options
    }

    /// `quick96`: a small `df-ud`.
    package static var quick96: DeepFaceLabSettings {
        var settings = DeepFaceLabSettings(resolution: 96, options: Options(normalised: true, doubled: true))
        (settings.code, settings.mask) = (128, 16)
        return settings
    }

    /// The letters behind a network's name.
    package struct Options: Sendable, Equatable {
        /// u: the encoder's output is scaled to a mean square of 1.
        package var normalised = false
        /// d: the decoders work at half the resolution, and four heads draw a quarter of the pixels each.
        package var doubled = false
        /// t: one more downscale, residuals around the downscales, and the inter's upscale moves to the decoders.
        package var deep = false
        /// c: x · cos x instead of leaky ReLU.
        package var cosine = false

        package init(
            normalised: Bool = false, doubled: Bool = false, deep: Bool = false, cosine: Bool = false
        ) {
            (self.normalised, self.doubled, self.deep, self.cosine) = (normalised, doubled, deep, cosine)
        }

        package static let known = "udtc"

        /// From letters in any order; nil where one is unknown or comes twice.
        package init?(letters: String) {
            guard letters.allSatisfy(Self.known.contains), Set(letters).count == letters.count else {
                return nil
            }
            self.init(
                normalised: letters.contains("u"), doubled: letters.contains("d"),
                deep: letters.contains("t"), cosine: letters.contains("c"))
        }

        /// In the order u, d, t, c.
        package var letters: String {
            zip(Self.known, [normalised, doubled, deep, cosine]).reduce(into: "") { letters, option in
                if option.1 { letters.append(option.0) }
            }
        }
    }

    func form(people: [String]) -> NetworkForm {
        NetworkForm(inputSide: resolution, outputSide: resolution, people: people, drawsMask: true)
    }

    /// Side of the picture behind the bottleneck, before the first upscale.
    var codeSide: Int { resolution / (options.doubled ? 32 : 16) }

    /// Numbers that the encoder gives out.
    var encoded: Int {
        let side = (0..<(options.deep ? 5 : 4)).reduce(resolution) { side, _ in (side + 1) / 2 }
        return 8 * encoder * side * side
    }

    /// The activation after convolutions, of which leaky ReLU has this slope.
    func activation(slope: Double) -> Activation { options.cosine ? .cosine : .leakyReLU(slope: slope) }

    /// The decoders' upscales, in parts of `decoder` or `mask`.
    var decoderWidths: [Int] { options.deep ? [8, 8, 4, 2] : [8, 4, 2] }
}

extension DeepFaceLabSettings.Options: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let letters = try container.decode(String.self)
        guard let options = Self(letters: letters) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(letters)' are not options of DeepFaceLab's networks")
        }
        self = options
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(letters)
    }
}
