import Foundation
import Media
import Pictures
import Provenance

/// Looks for the invisible watermark in a picture, or in frames spread over a video: what they show differs then, and what they
/// have in common is the mark.
enum WatermarkSampling {
    /// Places in a video, and frames that are looked at in each.
    private static let (places, run) = (8, 16)
    /// Seconds up to which a video is looked at from its beginning: places in it would overlap.
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
