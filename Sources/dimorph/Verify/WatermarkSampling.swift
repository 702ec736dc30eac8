import Foundation
import Media
import Pictures
import Provenance

/// Detects the invisible watermark in a picture, or in frames sampled over a video: averaging different images suppresses
/// their content and leaves the watermark.
enum WatermarkSampling {
    /// Number of sampled positions in a video, and of consecutive frames at each.
    private static let (places, run) = (8, 16)
    /// Duration in seconds up to which a video is sampled from its beginning only, because positions would overlap.
    private static let short = 8.0

    static func find(in file: URL) throws -> DetectedWatermark? {
        var detector = WatermarkDetector()
        if PictureFile.isPicture(contentsOf: file) {
            detector.add(try PictureFile.read(file).luma)
        } else {
            let reader = try VideoReader(file)
            let length = reader.info.duration
            let places = length > short ? places : 1
            for place in 0..<places {
                try Task.checkCancellation()
                if place > 0 { try reader.seek(to: length * Double(place) / Double(places)) }
                for _ in 0..<(places == 1 ? Self.places * run : run) {
                    guard let frame = try reader.next() else { break }
                    detector.add(try frame.luma())
                }
            }
        }
        return detector.find()
    }
}
