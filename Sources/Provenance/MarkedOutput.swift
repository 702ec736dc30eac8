import Pictures

/// A frame that can be marked, whatever holds its pixels.
package protocol MarkableFrame {
    var width: Int { get }
    var height: Int { get }
    func picture(x: Int, y: Int, width: Int, height: Int) throws -> Picture
    func replacing(x: Int, y: Int, width: Int, height: Int, with picture: Picture) throws -> Self
}

/// The step that every output passes on its way to the file, so that no frame and no container leaves unmarked.
///
/// Marks in the picture are laid here, in order: the visible label; an invisible watermark will come before it. Marks in
/// the file come from `metadata`; content credentials are signed after the file is complete (`CredentialsSigner`). There
/// is no way to make an output that passes none of them; the label alone can be left off, which is recorded.
package struct MarkedOutput: Sendable {
    package let label: SyntheticLabel
    package let metadata = OutputMetadata()
    package let marks: Marks
    /// Where the label stands; it moves only when a swapped face comes under it, so that it does not jump about.
    package private(set) var corner: SyntheticLabel.Corner?

    package init(frameWidth: Int, frameHeight: Int, marks: Marks = Marks()) {
        self.marks = marks
        label = SyntheticLabel(frameWidth: frameWidth, frameHeight: frameHeight)
    }

    /// Lays the marks on a frame.
    ///
    /// - Parameter face: box around the swapped face; nil in frames without one.
    package mutating func mark<Frame: MarkableFrame>(_ frame: Frame, face: PixelRegion?) throws -> Frame {
        guard marks.label == .shown else { return frame }
        let region = label.region(in: settle(face))
        guard !region.isEmpty else { return frame }
        let below = try frame.picture(x: region.x, y: region.y, width: region.width, height: region.height)
        return try frame.replacing(
            x: region.x, y: region.y, width: region.width, height: region.height, with: label.drawn(on: below)
        )
    }

    private mutating func settle(_ face: PixelRegion?) -> SyntheticLabel.Corner {
        func isFree(_ corner: SyntheticLabel.Corner) -> Bool {
            face.map { label.region(in: corner).sharedArea($0) == 0 } ?? true
        }
        if let corner, isFree(corner) { return corner }
        // Always in the same order, so that the parts of a video that are made apart agree where they can.
        let best =
            SyntheticLabel.Corner.allCases.first(where: isFree) ?? label.corner(awayFrom: face)
        corner = best
        return best
    }
}
