import Faces
import Testing

@Suite("Neutral expression")
struct NeutralExpressionTests {
    private func index(_ name: String) throws -> Int {
        try #require(FaceMeasures.names.firstIndex(of: name))
    }

    /// A face whose mouth is open by `open` and smiles by `smile`, with eyes of this person shut by `shut` (0…1).
    private func face(open: Float, smile: Float, shut: Float, lips: Float, eye: Float) throws -> FaceMeasures
    {
        var values = [Float](repeating: 0, count: FaceMeasures.count)
        values[try index("mouthOpen")] = open
        values[try index("jawOpen")] = open
        for name in ["smileLeft", "smileRight"] { values[try index(name)] = smile }
        values[try index("lipsOuter")] = lips + 0.91 * open - 0.08 * smile
        values[try index("mouthWidth")] = 11.5 - 0.17 * open + 0.64 * smile
        values[try index("cornersUp")] = 0.4 + 0.18 * open + 0.66 * smile
        values[try index("upperLip")] = 13 - 0.18 * open - 0.4 * smile
        for name in ["rightBrow", "leftBrow"] { values[try index(name)] = -15 }
        for name in ["rightEye", "leftEye"] { values[try index(name)] = eye * (1 - shut) }
        for name in ["blinkRight", "blinkLeft"] { values[try index(name)] = 0.5 + 0.88 * eye * shut }
        return FaceMeasures(values: values)
    }

    /// Faces of one habit: a share of them speaks, and the same share smiles; each tenth blinks.
    private func faces(speaking share: Double, lips: Float = 3.1, eye: Float = 3) throws -> [FaceMeasures] {
        try (0..<200).map { number in
            let speaks = Double(number * 37 % 200) < share * 200
            let wave = Float(number * 13 % 50) / 50
            return try face(
                open: speaks ? 0.5 + 2 * wave : 0.05 * wave, smile: speaks ? 1.5 * wave : 0,
                shut: number % 10 == 0 ? 1 : 0.1 * wave, lips: lips, eye: eye)
        }
    }

    @Test("is the same by faces of opposite habits, where the mean is not")
    func habits() throws {
        let (silent, speaking) = (try faces(speaking: 0.1), try faces(speaking: 0.9))
        let (one, other) = (NeutralExpression(silent), NeutralExpression(speaking))
        for (measure, name) in FaceMeasures.names.enumerated() {
            let (a, b) = (one.anchors[measure], other.anchors[measure])
            #expect(abs(a - b) <= 0.15, "\(name): \(a), \(b)")
            #expect(abs(one.gains[measure] - other.gains[measure]) < 0.02, "\(name)")
        }
        func mean(_ faces: [FaceMeasures], _ name: String) throws -> Float {
            let place = try index(name)
            return faces.reduce(0) { $0 + $1.values[place] } / Float(faces.count)
        }
        for name in ["mouthOpen", "lipsOuter", "cornersUp"] {
            #expect(try abs(mean(silent, name) - mean(speaking, name)) > 0.2, "\(name)")
        }
    }

    @Test(
        "a mouth that is never at rest settles nothing, however many faces show it, and is told from one that is"
    )
    func certainty() throws {
        let open = try (0..<400).map { try face(open: 3, smile: 2, shut: 0, lips: 4 + Float($0 % 3), eye: 3) }
        let never = NeutralExpression(open)
        let width = try index("mouthWidth")
        #expect(never.certainty[width] == 0)
        #expect(never.anchors[width] == NeutralExpression([]).anchors[width])
        #expect(!NeutralExpression.determinesMouth(never.certainty, named: FaceMeasures.names))
        let seldom = NeutralExpression(try faces(speaking: 0.9))
        #expect(seldom.certainty[width] > 0.75)
        #expect(NeutralExpression.determinesMouth(seldom.certainty, named: FaceMeasures.names))
        // Models of other measures know nothing to complain of.
        #expect(NeutralExpression.determinesMouth([], named: ["yaw"]))
    }

    @Test("shut mouths and shut eyes are the same for people of other features")
    func contact() throws {
        let (small, large) = (
            NeutralExpression(try faces(speaking: 0.5, lips: 2.4, eye: 2.6)),
            NeutralExpression(try faces(speaking: 0.5, lips: 3.6, eye: 4.4))
        )
        func relative(_ face: FaceMeasures, _ neutral: NeutralExpression, _ name: String) throws -> Float {
            let place = try index(name)
            return (face.values[place] - neutral.anchors[place]) * neutral.gains[place]
        }
        for shut: Float in [0, 0.5, 1] {
            let (a, b) = (
                try face(open: 0, smile: 0, shut: shut, lips: 2.4, eye: 2.6),
                try face(open: 0, smile: 0, shut: shut, lips: 3.6, eye: 4.4)
            )
            for name in ["mouthOpen", "lipsOuter", "rightEye", "leftEye"] {
                let difference = try relative(a, small, name) - relative(b, large, name)
                #expect(abs(difference) < 0.2, "\(name), shut by \(shut): \(difference)")
            }
        }
    }

    @Test("nothing seen gives the population's, and a few faces are drawn towards it")
    func population() throws {
        let none = NeutralExpression([])
        #expect(none.anchors.allSatisfy(\.isFinite) && none.gains == none.gains.map { _ in 1 })
        let lips = try index("lipsOuter")
        #expect(none.certainty[lips] == 0)
        // Somebody who never shuts the mouth.
        let open = (0..<50).map { number in
            try? face(open: 3 + Float(number % 7) / 7, smile: 0, shut: 0, lips: 3.6, eye: 3)
        }.compactMap { $0 }
        let uncertain = NeutralExpression(open)
        #expect(uncertain.certainty[lips] < 0.7)
        #expect(NeutralExpression(try faces(speaking: 0.5)).certainty[lips] > 0.9)
    }
}
