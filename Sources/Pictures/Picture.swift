/// A picture: 8-bit RGB, interleaved, rows from the top, no padding.
///
/// Coordinates in Dimorph are continuous pixels with the origin at the *corner* of the top-left pixel, so that the centre
/// of pixel (column, row) is at (column + 0.5, row + 0.5) and resizing is a plain multiplication. Values are as stored in
/// the video (gamma-encoded, full range).
package struct Picture: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `height × width × 3` bytes: red, green, blue.
    package var pixels: [UInt8]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 3, "a picture holds three bytes a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    package init(width: Int, height: Int, red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0) {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for index in stride(from: 0, to: pixels.count, by: 3) {
            pixels[index] = red
            pixels[index + 1] = green
            pixels[index + 2] = blue
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
