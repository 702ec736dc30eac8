extension FixedWidthInteger {
    /// Converts with clamping; 0 for NaN. Damaged files declare durations of centuries.
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
