import Faces
import Testing
import Workspace

@testable import Curation

@Suite("Coverage")
struct CoverageTests {
    @Test("bins of turn and nod are 10° around whole tens, the outermost open; an edge belongs above")
    func bins() {
        let yaw = CoverageAxis.yaw
        #expect(yaw.count == 17 && yaw.labels.count == 17)
        let values: [Double] = [-90, -80, -75, -5.1, -5, 4.9, 5, 14.9, 75, 90]
        #expect(
            values.map { yaw.labels[yaw.bin(of: $0)] } == [
                "-80", "-80", "-70", "-10", "0", "0", "10", "10", "80", "80",
            ])
        for axis in [yaw, .pitch, .mouth, .eyes] {
            #expect(axis.labels.count == axis.count && axis.edges == axis.edges.sorted())
        }
    }

    @Test("eyes are measured by how far the person's own usually open")
    func eyes() {
        let narrow = (1...9).map { summary($0, eyes: 0.2) } + [summary(10, eyes: 0.04)]
        let large = (1...9).map { summary($0, eyes: 0.36) } + [summary(10, eyes: 0.072)]
        #expect(Coverage(narrow).expression.counts == Coverage(large).expression.counts)
        #expect(Coverage(narrow).expression[column: 0, row: 0] == 1)
        #expect(Coverage(narrow).expression[column: 0, row: 3] == 9)
        #expect(Coverage([]).faces == 0)
    }

    @Test("says what the source lacks as widely as it is true, and nothing else")
    func gaps() throws {
        func faces(_ count: Int, yaw: Float, pitch: Float, mouth: Double) -> [FaceSummary] {
            (0..<count).map { summary(Int64($0), yaw: yaw, pitch: pitch, mouth: mouth) }
        }
        // A tenth of the target looks down to the left with the mouth open; the source does any two of these together.
        let target = faces(90, yaw: 0, pitch: -10, mouth: 0.1) + faces(10, yaw: -30, pitch: -20, mouth: 0.15)
        let source =
            faces(50, yaw: 0, pitch: -10, mouth: 0.1) + faces(10, yaw: -30, pitch: -20, mouth: 0)
            + faces(10, yaw: -30, pitch: 0, mouth: 0.15) + faces(10, yaw: 0, pitch: -20, mouth: 0.15)
        let comparison = CoverageComparison(source: Coverage(source), target: Coverage(target))
        let gap = try #require(comparison.gaps.first)
        #expect(comparison.gaps.count == 1 && gap.sourceFaces == 0 && gap.targetShare == 0.1)
        #expect(gap.zone == CoverageZone(yaw: 1, pitch: 1, mouth: 1))
        // Both maps have it all; only the zone sees that it never came together.
        #expect(comparison.covered == 1)
        let words = comparison.sentences(source: "anna", target: "ben")
        #expect(words[0].contains("10 % of the frames of ben, none of anna."))
        #expect(words[0].hasPrefix("Looking down to the picture's left with the mouth open: 10 %"))
    }

    @Test("the widest zone is said: who never looks down is not told in which directions")
    func widest() throws {
        let source = (0..<100).map { summary(Int64($0), yaw: Float($0 % 60 - 30), mouth: 0.1) }
        let target = source + (0..<50).map { summary(Int64($0), yaw: Float($0 - 25), pitch: -25, mouth: 0.1) }
        let comparison = CoverageComparison(source: Coverage(source), target: Coverage(target))
        #expect(comparison.gaps.map(\.zone) == [CoverageZone(pitch: 1)])
        #expect(comparison.mark(\.pose, column: 8, row: 2) == .missing)
        #expect(comparison.mark(\.pose, column: 8, row: 4) == .fine)
        #expect(comparison.mark(\.pose, column: 0, row: 0) == .fine)
        #expect(abs(comparison.covered - 100.0 / 150) < 1e-9)
    }

    @Test("two people who do the same lack nothing")
    func same() {
        let faces = (0..<50).map { summary(Int64($0), yaw: Float($0), mouth: Double($0) / 100) }
        let comparison = CoverageComparison(source: Coverage(faces), target: Coverage(faces))
        #expect(comparison.gaps.isEmpty && comparison.covered == 1)
        #expect(comparison.sentences(source: "a", target: "b")[0].contains("no significant gaps"))
    }

    @Test(
        "zones read as a person would say them",
        arguments: [
            (
                CoverageZone(yaw: 1, pitch: 1, mouth: 1),
                "looking down to the picture's left with the mouth open"
            ),
            (CoverageZone(yaw: 4), "turned far to the picture's right"),
            (CoverageZone(yaw: 2, pitch: 4), "looking far up"),
            (CoverageZone(yaw: 2, pitch: 2), "looking straight at the camera"),
            (CoverageZone(mouth: 2, eyes: 0), "with the mouth wide open and the eyes shut"),
            (CoverageZone(yaw: 2, eyes: 3), "facing the camera with the eyes wide open"),
        ])
    func words(zone: CoverageZone, words: String) {
        #expect(zone.words == words)
    }

    @Test("zones cover all bins, each the ones that its words say")
    func zones() {
        func zones(_ axis: CoverageZone.Axis, _ count: Int) -> [Int] { (0..<count).map(axis.zone) }
        #expect(
            zones(CoverageZone.yawZones, 17) == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4])
        #expect(zones(CoverageZone.pitchZones, 9) == [0, 1, 1, 2, 2, 2, 3, 3, 4])
        #expect(zones(CoverageZone.mouthZones, 6) == [0, 0, 1, 1, 2, 2])
        #expect(zones(CoverageZone.eyesZones, 5) == [0, 0, 1, 2, 3])
    }

    @Test("a single set says what it never shows")
    func missing() {
        let words = Coverage([summary(1), summary(2, yaw: 20, mouth: 0.1)]).missing().map(\.words)
        #expect(
            words.contains("turned to the picture's left") && !words.contains("turned to the picture's right")
        )
        #expect(words.contains("with the eyes shut") && !words.contains("with the mouth shut"))
    }

    @Test("the drawing outlines what is missing on the target's map only")
    func drawing() {
        let source = Coverage([summary(1)])
        let target = Coverage([summary(1), summary(2, yaw: 40)])
        let comparison = CoverageComparison(source: source, target: target)
        let picture = CoverageDrawing(source: "a", target: "b", comparison, notes: ["Words."]).picture
        let mark = [UInt8](arrayLiteral: 213, 94, 0)
        func marks(_ columns: Range<Int>) -> Int {
            // Above the legend only.
            (0..<picture.height * 3 / 4).reduce(0) { sum, row in
                sum
                    + columns.count { column in
                        let at = (row * picture.width + column) * 3
                        return Array(picture.pixels[at..<at + 3]) == mark
                    }
            }
        }
        #expect(marks(0..<picture.width / 2) == 0)
        #expect(marks(picture.width / 2..<picture.width) > 500)
    }
}
