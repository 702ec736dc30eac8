import Foundation

/// What a model file says of itself: enough to build its network, to measure faces as it was trained on them,
/// and to know where it came from. Stored as JSON in the file's metadata under `card`.
package struct ModelCard: Sendable, Codable, Equatable {
    /// One person that the model knows.
    package struct Person: Sendable, Codable, Equatable {
        /// The face set's name.
        package var name: String
        /// The person's neutral value of each measure, which is taken off; 0 for the head's turn. Up to version 3 the mean
        /// of the faces that were trained on.
        package var offset: [Float]
        /// What the rest is multiplied by; nil for 1.
        package var gain: [Float]?
        /// How far the person's own faces settle the offsets, 0 (other people's) … 1; nil in cards up to version 3, and where none
        /// was written.
        package var certainty: [Float]?
        /// The least and greatest that the person showed of each measure, after the offset: what its decoder
        /// knows.
        package var lowest: [Float]
        package var highest: [Float]
        /// Which of them together; nil in cards up to version 3.
        package var shown: ShownExpressions?
        /// Mean of what the encoder writes down of the person's faces; nil in cards up to version 3, and where a code is not learned
        /// beside measures.
        package var code: [Float]?
        /// Covariance of the same, `[L, L]` row by row; nil where it was not written.
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

    /// 1: patches that do not overlap. 2: patches that do. 3: networks of every architecture. 4: measures about the neutral face
    /// (`NeutralExpression`), with gains.
    package static let currentVersion = 4
    /// What measures of a person are taken relative to.
    package enum Origin: Sendable { case mean, neutral }

    package var origin: Origin { version < 4 ? .mean : .neutral }

    /// The earliest that can still be read.
    static let earliestVersion = 2

    /// The number behind the measures that tells the network whether it sees a face in a mirror.
    package static func mirrorMark(_ mirrored: Bool) -> Float { mirrored ? -0.5 : 0.5 }

    package var version = currentVersion
    /// What people call the network, such as `dimorph-s` or `df-ud`.
    package var architecture: String
    package var design: NetworkDesign
    /// Crop that faces must be given in, as `CropKind` names it.
    package var crop: String
    /// Names of the measures, in the order in which the network takes them.
    package var measures: [String]
    /// The people in the order of the decoders: the source first, then the target.
    package var people: [Person]
    package var seed: UInt64
    package var iterations: Int
    /// Seconds of training.
    package var seconds: Double
    /// Mean absolute error of both people's reconstruction inside the mask on the validation faces, 0…1: what the training
    /// is ended by. Nil where there are too few faces.
    package var heldOutError: Double?
    /// Figures on the test faces, which neither train, choose nor end a training, by the names of its history; nil where
    /// there are too few, and in checkpoints.
    package var test: [String: Double]?
    /// Of the best model of a training; nil for others.
    package var merit: Merit?
    /// The recipe of the training, as JSON; only training reads it.
    package var recipe: String?
    /// Share of the recipe's learning rate that is trained with since the training went back to an earlier
    /// checkpoint; nil for all of it.
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
    /// What is added to one person's learned codes when another is drawn by them; nil for nothing.
    package func codeShift(from: Int, to: Int) throws -> [Float]? {
        guard from != to, let own = people[from].codes, let other = people[to].codes,
            own.mean.count == other.mean.count
        else { return nil }
        return try own.shift(to: other)
    }
}

extension ModelCard.Person {
    /// What is known of the person's learned codes.
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
            // There was one kind of network then.
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
