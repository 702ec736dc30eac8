import Foundation
import Pictures
import Testing

@testable import Provenance

/// Typical transformations of a video before it is uploaded again.
@Suite("Watermark after mirroring, rotation, stretching and embedding")
struct WatermarkTransformTests {
    private static let id: UInt32 = 0xc0ff_ee11
    private static let marked: [Plane] =
        (try? (0..<4).map { try TestLuma(width: 384, height: 384, number: $0).marked(id: id).plane }) ?? []

    /// A scene other than the marked ones.
    private static func other(_ width: Int, _ height: Int, _ number: Int) -> Plane {
        TestLuma(width: width, height: height, number: number + 50).plane
    }

    private func found(_ change: (Plane) -> Plane) throws -> DetectedWatermark {
        try #require(Self.marked.count == 4)
        let found = try #require(detect(Self.marked.map(change)))
        #expect(found.id == Self.id && found.falseAlarmRate < 1e-6)
        return found
    }

    @Test("mirrored and rotated by quarter turns", arguments: WatermarkOrientation.allCases)
    func orientations(_ orientation: WatermarkOrientation) throws {
        let found = try found { $0.oriented(orientation) }
        #expect(found.orientation == orientation)
        #expect(found.round == (orientation == .upright ? .upright : .oriented))
        #expect(abs(found.pose.cellsAcross / 80 - 1) < 0.02 && abs(found.pose.angle) < 1)
    }

    @Test("rotated beyond the range of the upright round", arguments: [-8, -5, 5, 8, 21] as [Double])
    func turned(_ degrees: Double) throws {
        let found = try found { $0.seen(width: 384, height: 384, degrees: degrees) }
        #expect(found.round == .distorted && found.orientation == .upright)
        #expect(abs(found.turn - degrees) < 0.6)
    }

    @Test("stretched horizontally or vertically", arguments: [1.15, 1 / 1.15, 4.0 / 3])
    func stretched(_ factor: Double) throws {
        let found = try found { $0.stretched(factor) }
        #expect(abs(found.pose.stretch / factor - 1) < 0.02)
        #expect(found.words == "stretched to \(Int((100 * found.pose.stretch).rounded())) %")
    }

    @Test("embedded in another picture", arguments: [(0.5, 19, 115), (0.6, 154, 0), (0.75, 29, 67)])
    func inset(_ share: Double, _ left: Int, _ top: Int) throws {
        let side = Int(384 * share)
        var number = 0
        let found = try found { plane in
            number += 1
            return Self.other(384, 384, number).with(
                plane.seen(width: side, height: side, scale: share), left: left, top: top)
        }
        #expect(abs(found.pose.cellsAcross * share / 80 - 1) < 0.02)
        if found.round == .parts {
            let part = found.part
            #expect(part.x < Double(left + side) / 384 && part.x + part.width > Double(left) / 384)
            #expect(part.y < Double(top + side) / 384 && part.y + part.height > Double(top) / 384)
        }
    }

    @Test("combinations: mirrored and cropped, mirrored and rotated, mirrored and embedded")
    func combined() throws {
        let mirror = WatermarkOrientation(isMirrored: true, quarterTurns: 0)
        let cropped = try found { $0.oriented(mirror).seen(width: 300, height: 260) }
        #expect(cropped.orientation.isMirrored)
        let turned = try found { $0.oriented(mirror).seen(width: 384, height: 384, degrees: 4) }
        #expect(turned.orientation.isMirrored && abs(turned.turn - 4) < 0.6)
        #expect(turned.words == "mirrored, turned by \(Int(turned.turn.rounded()))°")
        var number = 0
        let inset = try found { plane in
            number += 1
            return Self.other(384, 384, number).with(
                plane.oriented(mirror).seen(width: 230, height: 230, scale: 0.6), left: 120, top: 40)
        }
        #expect(inset.orientation.isMirrored)
    }

    @Test("another key finds nothing in them, and unmarked pictures give no reading")
    func absent() throws {
        let mirror = WatermarkOrientation(isMirrored: true, quarterTurns: 1)
        let changed = Self.marked.map { $0.oriented(mirror).seen(width: 384, height: 384, degrees: 6) }
        #expect(detect(changed)?.id == Self.id)
        #expect(detect(changed, keys: [WatermarkKey(phrase: "mine")]) == nil)
        #expect(detect((0..<3).map { Self.other(360, 288, $0) }) == nil)
    }

    @Test("the eight orientations differ, and rotating the tile equals rotating the picture")
    func tiles() {
        let tile = WatermarkTile(.program)
        let turned = WatermarkOrientation.allCases.map { tile.oriented($0) }
        for (first, one) in turned.enumerated() {
            #expect(
                one.guides.allSatisfy { (0..<1024).contains($0) }
                    && Set(one.guides + one.carriers).count == 1024)
            for other in turned.dropFirst(first + 1) {
                #expect(abs(zip(one.signs, other.signs).count { $0 == $1 } - 512) < 100)
            }
        }
        let cells = Plane(width: 32, height: 32, values: tile.guide)
        for (orientation, tile) in zip(WatermarkOrientation.allCases, turned) {
            #expect(cells.oriented(orientation).values == tile.guide)
        }
    }

    @Test("the power spectrum has the pattern's lattice")
    func spectrum() throws {
        var residual = WatermarkResidual(width: 384, height: 384)
        Self.marked.forEach { residual.add($0.seen(width: 384, height: 384, degrees: 7)) }
        let plane = residual.mean(.whole)
        let spectrum = HarmonicSpectrum(plane, in: PixelRegion(x: 0, y: 0, width: 384, height: 384))
        let poses = (0..<60).flatMap { step in
            [-7.0, 7].map { WatermarkPose(cellsAcross: 60 + Double(step), angle: $0) }
        }
        let best = spectrum.best(of: poses, count: 2)
        #expect(best.count == 2 && best[0].score > 1.5 * best[1].score)
        #expect(best[0].pose.angle == 7 && abs(best[0].pose.cellsAcross - 80) < 1.5)
    }
}

extension Plane {
    /// Mirrored, then rotated by quarter turns.
    func oriented(_ orientation: WatermarkOrientation) -> Plane {
        precondition(width == height, "squares only")
        var result = self
        for row in 0..<height {
            for column in 0..<width {
                let place = orientation.place(row: row, column: column, side: width)
                result.values[place.row * width + place.column] = values[row * width + column]
            }
        }
        return result
    }

    /// Stretched horizontally by a factor above 1, vertically below 1.
    func stretched(_ factor: Double) -> Plane {
        let (across, down) = (max(1, factor), max(1, 1 / factor))
        var result = Plane(width: Int(Double(width) * across), height: Int(Double(height) * down))
        for row in 0..<result.height {
            for column in 0..<result.width {
                let (x, y) = (Double(column) / across, Double(row) / down)
                let (left, top) = (min(Int(x), width - 2), min(Int(y), height - 2))
                let (a, b) = (Float(x - Double(left)), Float(y - Double(top)))
                let start = top * width + left
                let upper = values[start] * (1 - a) + values[start + 1] * a
                let lower = values[start + width] * (1 - a) + values[start + width + 1] * a
                result.values[row * result.width + column] = upper * (1 - b) + lower * b
            }
        }
        return result
    }

    /// With a smaller plane pasted into it.
    func with(_ plane: Plane, left: Int, top: Int) -> Plane {
        var result = self
        for row in 0..<plane.height {
            let start = (top + row) * width + left
            result.values.replaceSubrange(
                start..<start + plane.width, with: plane.values[row * plane.width..<(row + 1) * plane.width])
        }
        return result
    }
}
