import Pictures

/// A frame that can be marked, independent of its pixel storage.
package protocol MarkableFrame {
    var width: Int { get }
    var height: Int { get }
    func picture(x: Int, y: Int, width: Int, height: Int) throws -> Picture
    func replacing(x: Int, y: Int, width: Int, height: Int, with picture: Picture) throws -> Self
    /// A copy with luma samples changed in place, at their own bit depth; for RGB frames all three channels change by the same
    /// amount.
    func changingLuma(_ change: (LumaPlane) throws -> Void) throws -> Self
    /// A copy that is opaque in a region, for frames with alpha.
    func opaque(in region: PixelRegion) throws -> Self
}

extension MarkableFrame {
    /// Default for frames without alpha.
    package func opaque(in region: PixelRegion) throws -> Self { self }

    /// Default via 8-bit RGB, for frames that store nothing else.
    package func changingLuma(_ change: (LumaPlane) throws -> Void) throws -> Self {
        try replacing(
            x: 0, y: 0, width: width, height: height,
            with: picture(x: 0, y: 0, width: width, height: height).changingLuma(change))
    }
}

/// The mandatory marking step of every output, so that no frame and no container is written unmarked.
///
/// Applies the marks in the picture, in this order: an invisible watermark on the whole frame, then the visible label. Marks in
/// the file come from `OutputMetadata`; Content Credentials are signed after the file is complete (`CredentialsSigner`). No
/// output can be written without any of them; only the label can be turned off, which is recorded.
package struct MarkedOutput: Sendable {
    package let label: SyntheticLabel
    package let marks: Marks
    /// `nil` if frames are too small for a watermark (`WatermarkEmbedder.smallestSide`).
    package let watermark: WatermarkEmbedder?
    /// The label's corner; it changes only when a swapped face overlaps the label, so that it does not jump.
    package private(set) var corner: SyntheticLabel.Corner?

    /// - Parameters:
    ///   - marks: all parts of an output need the same watermark number; a random one is drawn if none is given.
    ///   - key: the key of the watermark's pattern.
    package init(
        frameWidth: Int, frameHeight: Int, marks: Marks = Marks(), key: WatermarkKey = .program
    ) {
        self.marks = marks
        watermark = WatermarkEmbedder(
            id: marks.watermark ?? .random(in: 0 ... .max), key: key, width: frameWidth, height: frameHeight)
        label = SyntheticLabel(frameWidth: frameWidth, frameHeight: frameHeight)
    }

    /// Applies the marks to a frame.
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
        // In a fixed order, so that parts of a video processed separately choose the same corner where possible.
        let best =
            SyntheticLabel.Corner.allCases.first(where: isFree) ?? label.corner(awayFrom: faces.first)
        corner = best
        return best
    }
}
