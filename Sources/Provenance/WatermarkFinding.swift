import Foundation

/// An invisible watermark that was found in a file.
package struct WatermarkFinding: Sendable, Codable, Equatable {
    package let id: UInt32
    /// 0…1.
    package let confidence: Double

    package init(id: UInt32, confidence: Double) { (self.id, self.confidence) = (id, confidence) }
}
