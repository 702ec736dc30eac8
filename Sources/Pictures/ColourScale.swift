/// A sequential colour scale from pale to dark blue with linearly falling lightness: perceptually uniform, and readable in
/// grey and with red-green colour blindness.
package enum ColourScale {
    /// 256 colours, the palest first.
    private static let colours: [Colour] = {
        // L*, a*, b* at the ends and the middle.
        let stops: [SIMD3<Float>] = [SIMD3(93, -4, -6), SIMD3(58, -8, -34), SIMD3(23, 14, -42)]
        var lab = LabPicture(Picture(width: 256, height: 1))
        for index in 0..<256 {
            let place = Float(index) / 255 * Float(stops.count - 1)
            let stop = min(stops.count - 2, Int(place))
            let value = stops[stop] + (stops[stop + 1] - stops[stop]) * (place - Float(stop))
            (lab.lightness[index], lab.a[index], lab.b[index]) = (value.x, value.y, value.z)
        }
        let pixels = lab.picture.pixels
        return (0..<256).map { Colour(pixels[3 * $0], pixels[3 * $0 + 1], pixels[3 * $0 + 2]) }
    }()

    /// The colour for 0…1; other values are clamped.
    package static func colour(_ value: Double) -> Colour {
        colours[value.isFinite ? Int(max(0, min(255, (value * 255).rounded()))) : 0]
    }
}
