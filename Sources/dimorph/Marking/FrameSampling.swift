import Foundation
import Media
import Pictures
import Provenance

/// Samples frames at equal intervals from a video, or reads a picture.
enum FrameSampling {
    static let count = 8

    /// - Throws: `MediaError` if the file is neither.
    static func frames(of file: URL) throws -> [Picture] {
        if PictureFile.isPicture(contentsOf: file) { return [try PictureFile.read(file)] }
        let reader = try VideoReader(file)
        let length = reader.info.duration
        var frames: [Picture] = []
        for place in 0..<count {
            try Task.checkCancellation()
            if length > 0 { try reader.seek(to: length * (Double(place) + 0.5) / Double(count)) }
            guard let frame = try reader.next() else { continue }
            frames.append(try frame.picture())
        }
        return frames
    }
}
