import Pictures

/// Detects strands of the source's fringe on the forehead of a generated face.
///
/// The hull of the landmarks contains them, so a network learns them as part of the face. On a target without a fringe they
/// are dark spots. A strand is darker than the forehead around it and narrower than twice the radius (black top-hat:
/// closing minus image; Meyer 1979); there the target's forehead is kept.
enum ForeheadHair {
    /// Side of the searched picture, in pixels.
    private static let side = 96
    /// Half the width of the widest strand, in face widths.
    private static let radius = 0.09
    /// Depth at which a strand's weight begins and at which it is full, as shares of the forehead's L* + 16. A frown line
    /// is 0.05 deep.
    private static let (least, full): (Float, Float) = (0.09, 0.17)
    /// Dilation of a strand, and deviation of its feather, in face widths.
    private static let (growth, softness) = (0.025, 0.015)

    /// - Parameters:
    ///   - face: the generated face.
    ///   - forehead: from `FaceMask.forehead`, of the face's size.
    ///   - faceWidth: in pixels of the face.
    /// - Returns: 0…1, of the face's size; `nil` if there is no strand.
    static func plane(in face: LabPicture, forehead: Plane, faceWidth: Double) -> Plane? {
        let faceWidth = faceWidth * Double(side) / Double(max(1, face.width))
        let inside = forehead.resized(width: side, height: side)
        let lightness = Plane(width: face.width, height: face.height, values: face.lightness)
            .resized(width: side, height: side)
        var closed = lightness.combined(with: inside) { $1 > 0.5 ? $0 : 0 }
            .dilated(radius: radius * faceWidth)
        closed = closed.combined(with: inside) { $1 > 0.5 ? $0 : 100 }.eroded(radius: radius * faceWidth)
        var found = closed.combined(with: lightness) { ($0 - $1) / ($0 + 16) }
            .combined(with: inside) { $1 > 0.5 ? min(1, max(0, ($0 - least) / (full - least))) : 0 }
        guard found.values.contains(where: { $0 > 0.5 }) else { return nil }
        found = found.dilated(radius: growth * faceWidth).blurred(sigma: softness * faceWidth)
        return found.resized(width: face.width, height: face.height)
    }
}
