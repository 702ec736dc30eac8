import Foundation

/// Metadata of a model file: enough to build its network, to measure faces as in training, and to trace the
/// model's origin. Stored as JSON in the file's metadata under `card`.
package struct ModelCard: Sendable, Codable, Equatable {
    /// A person that the model was trained on.
    package struct Person: Sendable, Codable, Equatable {
        /// The face set's name.
        package var name: String
        /// The person's neutral value of each measure, which is subtracted; 0 for head pose. Up to version 3
        /// the mean of the training faces.
        package var offset: [Float]
        /// Factors on the remaining values; `nil` for 1.
        package var gain: [Float]?
        /// Confidence of the offsets: 0 (from other people) … 1 (from the person's own faces); `nil` in cards
        /// up to version 3, and if it was not stored.
        package var certainty: [Float]?
        /// Minimum and maximum of each of the person's measures, after the offset: the decoder's training
        /// range.
        package var lowest: [Float]
        package var highest: [Float]
        /// Examples of their combinations; `nil` in cards up to version 3.
        package var shown: ShownExpressions?
        /// Mean of the person's learned latents; `nil` in cards up to version 3, and for networks without a
        /// measured part.
        package var code: [Float]?
        /// Covariance of the same, `[L, L]` in row-major order; `nil` if it was not stored.
        package var codeCovariance: [Float]?

        package init(
            name: String, offset: [Float], gain: [Float]? = nil, certainty: [Float]? = nil, lowest: [Float],
            highest: [Float]
        ) {
            self.name = name
            (self.offset, self.gain, self.certainty) = (offset, gain, certainty)
            self.lowest = lowest
            self.highest = highest
        }
    }

    /// 1: non-overlapping patches. 2: overlapping patches. 3: networks of every architecture. 4: measures
    /// relative to the neutral face (`NeutralExpression`), with gains.
    package static let currentVersion = 4
    /// Reference value of a person's measures.
    package enum Origin: Sendable { case mean, neutral }

    package var origin: Origin { version < 4 ? .mean : .neutral }

    /// The earliest version that can be read.
    static let earliestVersion = 2

    /// Value after the measures that indicates a mirrored face.
    package static func mirrorMark(_ mirrored: Bool) -> Float { mirrored ? -0.5 : 0.5 }

    package var version = currentVersion
    /// Command-line name of the network, such as `dimorph-s` or `df-ud`.
    package var architecture: String
    package var design: NetworkDesign
    /// Crop kind of the faces, by its name in `CropKind`.
    package var crop: String
    /// Names of the measures, in the network's order.
    package var measures: [String]
    /// People in the order of the decoders: the source first, then the target.
    package var people: [Person]
    package var seed: UInt64
    package var iterations: Int
    /// Seconds of training.
    package var seconds: Double
    /// Mean absolute error of both people's reconstruction inside the mask on the validation faces, 0…1: the
    /// stopping criterion. `nil` if there are too few faces.
    package var heldOutError: Double?
    /// Metrics on the test faces, which are not used for training, model selection or stopping, by their
    /// names in the history; `nil` if there are too few, and in checkpoints.
    package var test: [String: Double]?
    /// Set for the best model of a training; `nil` for others.
    package var merit: Merit?
    /// Recipe of the training, as JSON; only read by training.
    package var recipe: String?
    /// Factor on the recipe's learning rate after rollbacks to an earlier checkpoint; `nil` for 1.
    package var slowed: Double?

    package init(
        architecture: String, design: NetworkDesign, crop: String, measures: [String], people: [Person],
        seed: UInt64,
        iterations: Int = 0, seconds: Double = 0, heldOutError: Double? = nil
    ) {
        self.architecture = architecture
        self.design = design
        self.crop = crop
        self.measures = measures
        self.people = people
        self.seed = seed
        self.iterations = iterations
        self.seconds = seconds
        self.heldOutError = heldOutError
    }
}

extension ModelCard {
    /// Offset added to one person's learned latents when they are decoded as another person; `nil` for none.
    package func codeShift(from: Int, to: Int) throws -> [Float]? {
        guard from != to, let own = people[from].codes, let other = people[to].codes,
            own.mean.count == other.mean.count
        else { return nil }
        return try own.shift(to: other)
    }
}

extension ModelCard.Person {
    /// Statistics of the person's learned latents.
    package var codes: CodeStatistics? {
        get { code.map { CodeStatistics(mean: $0, covariance: codeCovariance) } }
        set { (code, codeCovariance) = (newValue?.mean, newValue?.covariance) }
    }
}

extension ModelCard {
    private enum EarlierKeys: String, CodingKey { case settings }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decode(Int.self, forKey: .version)
        architecture = try values.decode(String.self, forKey: .architecture)
        if version == 2 {
            // Only one kind of network existed then.
            let earlier = try decoder.container(keyedBy: EarlierKeys.self)
            design = .hybrid(try earlier.decode(HybridSettings.self, forKey: .settings))
        } else {
            design = try values.decode(NetworkDesign.self, forKey: .design)
        }
        crop = try values.decode(String.self, forKey: .crop)
        measures = try values.decode([String].self, forKey: .measures)
        people = try values.decode([Person].self, forKey: .people)
        seed = try values.decode(UInt64.self, forKey: .seed)
        iterations = try values.decode(Int.self, forKey: .iterations)
        seconds = try values.decode(Double.self, forKey: .seconds)
        heldOutError = try values.decodeIfPresent(Double.self, forKey: .heldOutError)
        test = try values.decodeIfPresent([String: Double].self, forKey: .test)
        merit = try values.decodeIfPresent(Merit.self, forKey: .merit)
        recipe = try values.decodeIfPresent(String.self, forKey: .recipe)
        slowed = try values.decodeIfPresent(Double.self, forKey: .slowed)
    }
}
