/// One channel of numbers over a picture's grid, such as a mask (0…1) or a luma plane. Rows from the top.
package struct Plane: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `height × width` values.
    package var values: [Float]

    package init(width: Int, height: Int, values: [Float]) {
        precondition(values.count == width * height, "a plane holds one value a pixel")
        self.width = width
        self.height = height
        self.values = values
    }

    package init(width: Int, height: Int, repeating value: Float = 0) {
        self.init(width: width, height: height, values: [Float](repeating: value, count: width * height))
    }
}
