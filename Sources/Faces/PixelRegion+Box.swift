import Pictures

extension PixelRegion {
    /// The smallest rectangle of whole pixels around a box; `nil` if the box is not finite.
    package init?(_ box: Box) {
        let limit = 1e6
        guard [box.x, box.y, box.width, box.height].allSatisfy({ $0.isFinite && abs($0) < limit }) else {
            return nil
        }
        let (left, top) = (Int(box.x.rounded(.down)), Int(box.y.rounded(.down)))
        self.init(
            x: left, y: top, width: Int((box.x + box.width).rounded(.up)) - left,
            height: Int((box.y + box.height).rounded(.up)) - top)
    }
}
