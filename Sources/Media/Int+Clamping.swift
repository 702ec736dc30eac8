extension FixedWidthInteger {
    /// The nearest number of this type; 0 for what is no number. Damaged files announce lengths of centuries.
    init(clamping value: Double) {
        if value.isNaN {
            self = 0
        } else if let exact = Self(exactly: value.rounded()) {
            self = exact
        } else {
            self = value < 0 ? .min : .max
        }
    }
}
