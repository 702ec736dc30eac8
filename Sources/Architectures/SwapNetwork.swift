import NeuralNetworks
import Tensors

/// A face-swapping network for several people: encodes faces to latent codes, and decodes a code as any of
/// its people.
///
/// Training decodes each person's codes as that person; swapping decodes them as another.
package protocol SwapNetwork {
    var form: NetworkForm { get }

    /// Encodes faces. Shapes: `[N, 3, E, E]` in 0…1 → `[N, …]`, with faces along the first axis.
    ///
    /// - Parameter rows: each person's rows in the batch. Networks with a shared encoder ignore it and encode
    ///   all faces in one pass.
    func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor

    /// Decodes all codes as one person.
    ///
    /// - Parameter morph: morph factor, 0…1; only used by AMP.
    func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing

    /// Decodes each person's codes as that person, for training.
    ///
    /// - Parameter numbers: random numbers of this step, for networks with random operations in training.
    /// - Returns: an output for each person who has rows, in their order.
    func drawEach(_ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers) throws -> [Drawing]

    /// A faster variant for networks with a refinement: decodes all faces at `NetworkForm.coarseSide`, and
    /// refines some of them.
    ///
    /// - Parameter some: for each person, the faces to refine, relative to the person's first row.
    func drawEach(
        _ code: LatentCode, rows: PeopleRows, refining some: [[Int]], numbers: inout RandomNumbers
    ) throws -> [Drawing]
}

extension SwapNetwork {
    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        try rows.present.map { person, range in
            try draw(code.slice(range), as: person, morph: 1)
        }
    }

    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, refining some: [[Int]], numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        try drawEach(code, rows: rows, numbers: &numbers)
    }
}

/// Inputs and outputs of a network. Sides are in pixels of the same part of the face.
package struct NetworkForm: Sendable, Equatable {
    /// Side of the encoder input, and of the output.
    package var inputSide: Int
    package var outputSide: Int
    /// Names of the people, in the order of the decoders.
    package var people: [String]
    /// Whether the network predicts a mask.
    package var drawsMask: Bool
    /// Whether the code has a measured part (`LatentCode.measured`).
    package var takesMeasures: Bool
    /// Numbers in the learned part of the code; `nil` for networks without a measured part.
    package var learnedCode: Int?
    /// Output side before refinement, if the network refines only some faces in training; `nil` for networks
    /// without a refinement.
    package var coarseSide: Int?

    package init(
        inputSide: Int, outputSide: Int, people: [String], drawsMask: Bool, takesMeasures: Bool = false,
        learnedCode: Int? = nil, coarseSide: Int? = nil
    ) {
        self.inputSide = inputSide
        self.outputSide = outputSide
        self.people = people
        self.drawsMask = drawsMask
        self.takesMeasures = takesMeasures
        self.learnedCode = learnedCode
        self.coarseSide = coarseSide
    }
}

/// Row ranges of each person's faces in a batch, consecutive; empty for absent people.
package struct PeopleRows: Sendable, Equatable {
    package let ranges: [Range<Int>]

    package init(ranges: [Range<Int>]) { self.ranges = ranges }

    /// The same number of rows for each person.
    package init(people: Int, each: Int) {
        ranges = (0..<people).map { $0 * each..<($0 + 1) * each }
    }

    /// The same number of rows for some of the people, by ascending index.
    package init(of present: [Int], among people: Int, each: Int) {
        ranges = (0..<people).map { person in
            guard let place = present.firstIndex(of: person) else { return 0..<0 }
            return place * each..<(place + 1) * each
        }
    }

    /// Rows of a single person.
    package init(of person: Int, among people: Int, count: Int) {
        ranges = (0..<people).map { $0 == person ? 0..<count : 0..<0 }
    }

    /// The people who have rows, and their ranges.
    package var present: [(person: Int, range: Range<Int>)] {
        ranges.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
    }
}

/// Latent codes of some faces.
package struct LatentCode {
    /// Learned latent: `[N, …]`.
    package var learned: Tensor
    /// Expression features (measured): `[N, M]`, for networks that use them.
    package var measured: Tensor?

    package init(learned: Tensor, measured: Tensor? = nil) {
        self.learned = learned
        self.measured = measured
    }

    /// The codes of some of the faces.
    package func slice(_ rows: Range<Int>) throws -> LatentCode {
        guard rows != 0..<learned.shape[0] else { return self }
        return LatentCode(
            learned: try learned.slice(rows, axis: 0), measured: try measured?.slice(rows, axis: 0))
    }
}

/// Output of a decoder.
package struct Drawing {
    /// Some of the faces, at full resolution.
    package struct Refined {
        /// Their indices among the output's faces.
        package let faces: [Int]
        /// `[K, 3, 2R, 2R]` and `[K, 1, 2R, 2R]`, in the format of the output.
        package let colours: Tensor
        package let mask: Tensor?

        package init(faces: [Int], colours: Tensor, mask: Tensor?) {
            (self.faces, self.colours, self.mask) = (faces, colours, mask)
        }

        /// The refined faces as an output of their own.
        package var drawing: Drawing { Drawing(colours: colours, mask: mask) }
    }

    /// `[N, 3, R, R]`: red, green, blue in 0…1, possibly slightly outside.
    package let colours: Tensor
    /// `[N, 1, R, R]`: mask logits; `nil` if the network predicts no mask.
    package let mask: Tensor?
    package let refined: Refined?

    package init(colours: Tensor, mask: Tensor?, refined: Refined? = nil) {
        self.colours = colours
        self.mask = mask
        self.refined = refined
    }

    /// Output for some of the faces. Refined faces are dropped unless all faces are selected.
    package func slice(_ rows: Range<Int>) throws -> Drawing {
        guard rows != 0..<colours.shape[0] else { return self }
        return Drawing(
            colours: try colours.slice(rows, axis: 0), mask: try mask?.slice(rows, axis: 0))
    }
}
