import Pictures
import Testing

@Suite("Drawing")
struct DrawingTests {
    @Test(
        "every letter has its own dots",
        arguments: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?-+=/()%&"))
    func glyph(_ character: Character) {
        let rows = BitmapFont.rows(of: character)
        #expect(rows.count == BitmapFont.glyphHeight)
        #expect(rows.contains { $0 != 0 })
        #expect(rows.allSatisfy { $0 < 32 })
        #expect(rows != BitmapFont.rows(of: "\u{25A1}"))
    }

    @Test("capitals and digits are distinct; lower case is drawn as capitals; unknown characters are a box")
    func alphabet() {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        #expect(Set(letters.map { BitmapFont.rows(of: $0) }).count == letters.count)
        #expect(BitmapFont.rows(of: "q") == BitmapFont.rows(of: "Q"))
        #expect(BitmapFont.rows(of: "語") == BitmapFont.rows(of: "\u{25A1}"))
    }

    @Test("text is drawn at its position and in its colour only")
    func text() {
        var picture = Picture(width: 40, height: 20, Colour.white)
        picture.write("I", x: 10, y: 5, colour: .black)
        let dark = picture.luma.values.indices.filter { picture.luma.values[$0] < 10 }
        #expect(dark.count == 11)
        #expect(dark.allSatisfy { (11...13).contains($0 % 40) && (5..<12).contains($0 / 40) })
        picture.write("OFF THE EDGE", x: 35, y: 18)
    }

    @Test("a line covers its length times its width")
    func stroke() {
        var picture = Picture(width: 60, height: 60)
        picture.stroke(.white, from: (10, 10.5), to: (50, 10.5), width: 3)
        let area = picture.luma.values.reduce(0, +) / 255
        #expect(abs(area - (120 + 7)) < 4)
        picture.stroke(.white, from: (.nan, 0), to: (.infinity, 4), width: 1)
    }

    @Test("blending with 0 changes no byte, with 1 replaces all")
    func blending() {
        let a = Picture(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])
        let b = Picture(width: 2, height: 1, pixels: [101, 102, 103, 104, 105, 106])
        #expect(
            a.blended(with: b, amount: Plane(width: 2, height: 1, values: [0, 1])).pixels == [
                1, 2, 3, 104, 105, 106,
            ])
        #expect(
            a.blended(with: b, amount: Plane(width: 2, height: 1, values: [0.5, 0])).pixels == [
                51, 52, 53, 4, 5, 6,
            ])
    }

    @Test("a sheet contains every picture under its caption")
    func sheet() {
        let cells = [Colour(200, 0, 0), Colour(0, 200, 0), Colour(0, 0, 200)].map {
            Picture(width: 20, height: 10, $0)
        }
        let sheet = Sheet(
            title: "Iteration 1200", columns: ["Target", "Swap", "Composite"], rows: [cells, cells],
            footer: "12 it/s",
            cell: 40)
        let picture = sheet.picture
        #expect(picture.width >= 3 * 40 && picture.height >= 2 * 40)
        for colour in [[200, 0, 0], [0, 200, 0], [0, 0, 200]] as [[UInt8]] {
            let count = (0..<picture.width * picture.height).count {
                Array(picture.pixels[$0 * 3..<$0 * 3 + 3]) == colour
            }
            #expect(count == 2 * 40 * 20)
        }
        #expect(Sheet(rows: []).picture.width > 0)
    }

    @Test("a plot draws finite values and accepts any")
    func plot() {
        var falling: [(x: Double, y: Double)] = []
        var broken: [(x: Double, y: Double)] = []
        for step in 1..<100 {
            let loss = 1 / Double(step)
            falling.append((Double(step), loss))
            broken.append((Double(step), step == 50 ? .nan : 0.3 + loss))
        }
        let series = [LinePlot.Series("train", falling), LinePlot.Series("held out", broken)]
        let picture = LinePlot(title: "Loss", xLabel: "iteration", series: series, logarithmic: true)
            .picture()
        let blue = (0..<picture.width * picture.height).count {
            Array(picture.pixels[$0 * 3..<$0 * 3 + 3]) == [0, 114, 178]
        }
        #expect(blue > 100)
        let odd: [[(x: Double, y: Double)]] = [[], [(1, 1)], [(0, .infinity)], [(0, 0), (0, 0)]]
        for points in odd {
            #expect(LinePlot(title: "", series: [.init("x", points)]).picture().width == 640)
        }
    }
}
