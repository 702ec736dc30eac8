import Pictures

/// Regions of a plane in which a smaller picture may be embedded.
struct PictureParts {
    private let width: Int
    private let height: Int
    /// Steps of a region's position and size, as a fraction of a side: eighths.
    private static let steps = 8

    init(_ plane: Plane) { (width, height) = (plane.width, plane.height) }

    /// Regions of half and three quarters of the sides, in steps of an eighth; and halves of the plane.
    var regions: [PixelRegion] {
        var regions: [PixelRegion] = []
        for (across, down, step) in [(4, 4, 1), (6, 6, 1), (4, 8, 2), (8, 4, 2)] {
            for top in stride(from: 0, through: Self.steps - down, by: step) {
                for left in stride(from: 0, through: Self.steps - across, by: step) {
                    regions.append(region(left, top, left + across, top + down))
                }
            }
        }
        return regions
    }

    private func region(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) -> PixelRegion {
        let (x, y) = (left * width / Self.steps, top * height / Self.steps)
        return PixelRegion(
            x: x, y: y, width: right * width / Self.steps - x, height: bottom * height / Self.steps - y)
    }

    /// Functions that move one edge of a region outwards by an eighth of the plane; they return `nil` beyond its border.
    var growths: [(PixelRegion) -> PixelRegion?] {
        let (across, down) = (width / Self.steps, height / Self.steps)
        let (width, height) = (width, height)
        func moved(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) -> (PixelRegion) -> PixelRegion? {
            { region in
                let (x, y) = (max(0, region.x - left), max(0, region.y - top))
                let grown = PixelRegion(
                    x: x, y: y, width: min(width, region.x + region.width + right) - x,
                    height: min(height, region.y + region.height + bottom) - y)
                return grown == region ? nil : grown
            }
        }
        return [moved(across, 0, 0, 0), moved(0, down, 0, 0), moved(0, 0, across, 0), moved(0, 0, 0, down)]
    }
}
