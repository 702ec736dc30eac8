/// A training for people who do not want to know how: how long it goes, and what for.
package enum TrainingPreset: String, Sendable, Codable, CaseIterable {
    /// Minutes on a CPU.
    case quick
    /// An evening on one GPU, or a night on a CPU.
    case standard
    /// Days, for large faces: with warps, then without, at last against a discriminator.
    case film

    /// Minutes of training where nothing else is said.
    package var minutes: Double {
        switch self {
        case .quick: 10
        case .standard: 480
        case .film: 4320
        }
    }
}
