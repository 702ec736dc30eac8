/// A picture for terminals with 24-bit colour: each character is a half block of two pixels.
package struct TerminalPicture: Sendable {
    package let text: String

    /// - Parameter width: characters per line; the picture is reduced to as many pixels.
    package init(_ picture: Picture, width: Int) {
        let width = max(1, min(width, picture.width))
        let height = max(2, picture.height * width / max(1, picture.width)) / 2 * 2
        func colour(_ x: Int, _ y: Int) -> String {
            let columns =
                x * picture.width
                / width..<max(x * picture.width / width + 1, (x + 1) * picture.width / width)
            let rows =
                y * picture.height
                / height..<max(y * picture.height / height + 1, (y + 1) * picture.height / height)
            var sums = [0, 0, 0]
            for row in rows.clamped(to: 0..<picture.height) {
                for column in columns.clamped(to: 0..<picture.width) {
                    for channel in 0..<3 {
                        sums[channel] += Int(picture.pixels[(row * picture.width + column) * 3 + channel])
                    }
                }
            }
            let count = max(1, rows.count * columns.count)
            return sums.map { String($0 / count) }.joined(separator: ";")
        }
        text = stride(from: 0, to: height, by: 2).map { y in
            (0..<width).map { x in "\u{1B}[38;2;\(colour(x, y))m\u{1B}[48;2;\(colour(x, y + 1))m▀" }.joined()
                + "\u{1B}[0m"
        }.joined(separator: "\n")
    }
}
