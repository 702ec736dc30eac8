import Pictures
import Testing

@Suite("Pictures in a terminal")
struct TerminalTests {
    @Test("a falling line, with its ends as labels")
    func curve() {
        let curve = TerminalCurve(points: [(0, 1), (1, 0.5), (2, 0)], width: 6, height: 2)
        let lines = curve.text.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("1 ") && lines[1].hasPrefix("0 "))
        #expect(lines.allSatisfy { $0.count == 6 })
        #expect(lines[0].dropFirst(2).first == "\u{2811}" && lines[1].last == "\u{2884}")
    }

    @Test("points are joined, steep slopes by vertical dots")
    func joined() {
        let falling = TerminalCurve(points: [(0, 1), (10, 0)], width: 12, height: 2).text
        let letters = falling.split(separator: "\n").map { $0.dropFirst(2).map { $0 } }
        // Each column of letters has a dot in one of the lines.
        #expect((0..<10).allSatisfy { letters[0][$0] != "\u{2800}" || letters[1][$0] != "\u{2800}" })
        let steep = TerminalCurve(points: [(0, 0), (9.9, 1)], width: 3, height: 2).text
        #expect(steep.split(separator: "\n").map { $0.last } == ["\u{28B8}", "\u{2878}"])
    }

    @Test("non-finite values are omitted, and an empty series is empty")
    func odd() {
        #expect(TerminalCurve(points: [], width: 10, height: 3).text.isEmpty)
        #expect(TerminalCurve(points: [(0, .nan)], width: 10, height: 3).text.isEmpty)
        #expect(
            TerminalCurve(points: [(0, 2), (1, .infinity), (2, 2)], width: 10, height: 3).text.contains("2 "))
    }

    @Test("two rows of pixels are one row of characters, in their colours")
    func picture() {
        let picture = Picture(width: 1, height: 2, pixels: [255, 0, 0, 0, 0, 255])
        #expect(
            TerminalPicture(picture, width: 40).text
                == "\u{1B}[38;2;255;0;0m\u{1B}[48;2;0;0;255m▀\u{1B}[0m")
    }
}
