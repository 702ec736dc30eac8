import NeuralNetworks
import Tensors

/// A network that several people share. Whatever it is built like, it turns faces into codes, and draws a code
/// as any of its people.
///
/// Training draws each person's codes as that person; swapping draws one person's as another.
package protocol SwapNetwork {
    var form: NetworkForm { get }

    /// The learned codes of faces. Shapes: `[N, 3, E, E]` in 0…1 → `[N, …]`, with faces along the first axis.
    ///
    /// - Parameter rows: whose faces lie where. Networks with one encoder for all take no notice, and see
    ///   everybody's faces in one pass.
    func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor

    /// Draws all codes as one person.
    ///
    /// - Parameter morph: how much of the person's own ways the face takes, 0…1; only AMP tells the difference.
    func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing

    /// Draws each person's codes as that person, as training wants it.
    ///
    /// - Parameter numbers: the random numbers of this step, for networks that are trained with chance inside.
    /// - Returns: a drawing for each person that has rows, in their order.
    func drawEach(_ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers) throws -> [Drawing]

    /// The same in less time for networks that refine what they draw: everybody's faces as large as `NetworkForm.coarseSide`, and some
    /// of them refined as well.
    ///
    /// - Parameter some: for each person the faces that are refined, counted from the person's first row.
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

/// What a network takes and gives. Sides are in pixels of the same part of the face.
package struct NetworkForm: Sendable, Equatable {
    /// Side of the pictures that the encoder looks at, and of the faces that come out.
    package var inputSide: Int
    package var outputSide: Int
    /// Names of the people, in the order of the decoders.
    package var people: [String]
    /// Whether a mask is drawn with the face.
    package var drawsMask: Bool
    /// Whether the code has a measured half (`LatentCode.measured`).
    package var takesMeasures: Bool
    /// Numbers in the learned part of the code; `nil` for networks without a measured part.
    package var learnedCode: Int?
    /// Side of the faces of which the network refines some to `outputSide` while it is trained; nil for networks that draw all
    /// at once.
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

/// Whose faces lie where in a batch: one range of rows a person, one after the other, empty for who is absent.
package struct PeopleRows: Sendable, Equatable {
    package let ranges: [Range<Int>]

    package init(ranges: [Range<Int>]) { self.ranges = ranges }

    /// As many rows for each of the people.
    package init(people: Int, each: Int) {
        ranges = (0..<people).map { $0 * each..<($0 + 1) * each }
    }

    /// As many rows for each of some of the people, by their places in order.
    package init(of present: [Int], among people: Int, each: Int) {
        ranges = (0..<people).map { person in
            guard let place = present.firstIndex(of: person) else { return 0..<0 }
            return place * each..<(place + 1) * each
        }
    }

    /// Rows of one person among several.
    package init(of person: Int, among people: Int, count: Int) {
        ranges = (0..<people).map { $0 == person ? 0..<count : 0..<0 }
    }

    /// The people who have rows, and which.
    package var present: [(person: Int, range: Range<Int>)] {
        ranges.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
    }
}

/// What is known of some faces before they are drawn.
package struct LatentCode {
    /// What the encoder wrote down: `[N, …]`.
    package var learned: Tensor
    /// What the landmarker measured: `[N, M]`, for networks that take it.
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

/// What a decoder makes of codes.
package struct Drawing {
    /// Some of the faces, drawn larger.
    package struct Refined {
        /// Which of the drawing's faces these are.
        package let faces: [Int]
        /// `[K, 3, 2R, 2R]` and `[K, 1, 2R, 2R]`, as the drawing's own.
        package let colours: Tensor
        package let mask: Tensor?

        package init(faces: [Int], colours: Tensor, mask: Tensor?) {
            (self.faces, self.colours, self.mask) = (faces, colours, mask)
        }

        /// The refined faces as a drawing of their own.
        package var drawing: Drawing { Drawing(colours: colours, mask: mask) }
    }

    /// `[N, 3, R, R]`: red, green, blue in 0…1, or a little beyond it.
    package let colours: Tensor
    /// `[N, 1, R, R]`: what belongs to the face, before the sigmoid; nil where the network draws none.
    package let mask: Tensor?
    package let refined: Refined?

    package init(colours: Tensor, mask: Tensor?, refined: Refined? = nil) {
        self.colours = colours
        self.mask = mask
        self.refined = refined
    }

    /// What is drawn of some of the faces. What is refined is left out, where these are not all.
    package func slice(_ rows: Range<Int>) throws -> Drawing {
        guard rows != 0..<colours.shape[0] else { return self }
        return Drawing(
            colours: try colours.slice(rows, axis: 0), mask: try mask?.slice(rows, axis: 0))
    }
}
