import Pictures

/// A frame that can be marked, whatever holds its pixels.
package protocol MarkableFrame {
    var width: Int { get }
    var height: Int { get }
    func picture(x: Int, y: Int, width: Int, height: Int) throws -> Picture
    func replacing(x: Int, y: Int, width: Int, height: Int, with picture: Picture) throws -> Self
    /// A copy whose luma samples were changed in place, in their own depth; where the frame is of red, green and blue,
    /// each of them by the same amount.
    func changingLuma(_ change: (LumaPlane) throws -> Void) throws -> Self
    /// A copy that can be seen in a region, where the frame is transparent.
    func opaque(in region: PixelRegion) throws -> Self
}

extension MarkableFrame {
    /// Of a frame without transparency.
    package func opaque(in region: PixelRegion) throws -> Self { self }

    /// By way of 8-bit RGB: for frames that hold nothing else.
    package func changingLuma(_ change: (LumaPlane) throws -> Void) throws -> Self {
        try replacing(
            x: 0, y: 0, width: width, height: height,
            with: picture(x: 0, y: 0, width: width, height: height).changingLuma(change))
    }
}

/// The step that every output passes on its way to the file, so that no frame and no container leaves unmarked.
///
/// Marks in the picture are laid here, in order: an invisible watermark on the whole frame, then the visible label. Marks in
/// the file come from `OutputMetadata`; content credentials are signed after the file is complete (`CredentialsSigner`). There
/// is no way to make an output that passes none of them; the label alone can be left off, which is recorded.
package struct MarkedOutput: Sendable {
    package let label: SyntheticLabel
    package let marks: Marks
    /// Nil where frames are too small to carry one (`WatermarkEmbedder.smallestSide`).
    package let watermark: WatermarkEmbedder?
    /// Where the label stands; it moves only when a swapped face comes under it, so that it does not jump about.
    package private(set) var corner: SyntheticLabel.Corner?

    /// - Parameters:
    ///   - marks: all parts of an output need the same number; where none is given it is drawn by chance.
    ///   - key: what the watermark's pattern is drawn from.
    package init(
        frameWidth: Int, frameHeight: Int, marks: Marks = Marks(), key: WatermarkKey = .program
    ) {
        self.marks = marks
        watermark = WatermarkEmbedder(
            id: marks.watermark ?? .random(in: 0 ... .max), key: key, width: frameWidth, height: frameHeight)
        label = SyntheticLabel(frameWidth: frameWidth, frameHeight: frameHeight)
    }

    /// Lays the marks on a frame.
    ///
    /// - Parameter faces: boxes around the swapped faces.
    package mutating func mark<Frame: MarkableFrame>(_ frame: Frame, faces: [PixelRegion]) throws -> Frame {
        let frame = try watermark.map { try frame.changingLuma($0.mark) } ?? frame
        guard marks.label == .shown else { return frame }
        let region = label.region(in: settle(faces))
        guard !region.isEmpty else { return frame }
        let below = try frame.picture(x: region.x, y: region.y, width: region.width, height: region.height)
        return try frame.replacing(
            x: region.x, y: region.y, width: region.width, height: region.height, with: label.drawn(on: below)
        ).opaque(in: region)
    }

    private mutating func settle(_ faces: [PixelRegion]) -> SyntheticLabel.Corner {
        func isFree(_ corner: SyntheticLabel.Corner) -> Bool {
            faces.allSatisfy { label.region(in: corner).sharedArea($0) == 0 }
        }
        if let corner, isFree(corner) { return corner }
        // Always in the same order, so that the parts of a video that are made apart agree where they can.
        let best =
            SyntheticLabel.Corner.allCases.first(where: isFree) ?? label.corner(awayFrom: faces.first)
        corner = best
        return best
    }
}
