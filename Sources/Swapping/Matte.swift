import Foundation
import Media
import Pictures
import Workspace

/// A hand-painted mask for the frames of a target: white where the swapped face may be visible, black where the target is
/// kept. A picture applies to the whole video, a video frame by frame. Used by one thread at a time.
package final class Matte: @unchecked Sendable {
    /// Represents its content in `PartsContent`.
    let fingerprint: Fingerprint

    private enum Content {
        case picture(Picture)
        case video(VideoReader)
    }

    private let url: URL
    private let content: Content
    /// The current frame, and the next one.
    private var current: VideoFrame?
    private var next: VideoFrame?

    /// Opens a matte.
    ///
    /// - Throws: `SwappingError` (`matte`) if its size differs from the target's, `MediaError` if it cannot be read.
    package init(_ url: URL, for target: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw SwappingError(.matte, "\(url.path): no such file; name a picture or a video")
        }
        self.url = url
        fingerprint = try Fingerprint(of: url)
        let info = try VideoReader(target).info
        let size: (width: Int, height: Int)
        if PictureFile.isPicture(contentsOf: url) {
            let picture = try PictureFile.read(url)
            content = .picture(picture)
            size = (picture.width, picture.height)
        } else {
            let reader = try VideoReader(url)
            content = .video(reader)
            size = (reader.info.width, reader.info.height)
        }
        guard size == (info.width, info.height) else {
            throw SwappingError(
                .matte,
                "\(url.path) is \(size.width)×\(size.height), but \(target.path) \(info.width)×\(info.height); "
                    + "paint the matte in the target's size")
        }
    }

    /// The matte in a region at a time, 0…1.
    func plane(at time: Double, in region: PixelRegion) throws -> Plane {
        let picture: Picture
        switch content {
        case .picture(let whole):
            picture = whole.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
        case .video(let reader):
            picture = try frame(at: time, of: reader).picture(
                x: region.x, y: region.y, width: region.width, height: region.height)
        }
        var plane = picture.luma
        for index in plane.values.indices { plane.values[index] /= 255 }
        return plane
    }

    private func frame(at time: Double, of reader: VideoReader) throws -> VideoFrame {
        let rate = max(1e-3, reader.info.frameRate.value)
        // Containers round timestamps differently.
        let wanted = time + 0.25 / rate
        if current.map({ $0.time > wanted || wanted - $0.time > 2 }) ?? true {
            try reader.seek(to: max(0, time - 1 / rate))
            (current, next) = (nil, try reader.next())
        }
        while let candidate = next, candidate.time <= wanted || current == nil {
            current = candidate
            next = try reader.next()
        }
        guard let current, next != nil || wanted - current.time < 1.5 / rate else {
            throw SwappingError(
                .matte,
                "\(url.path) has no frame at \(String(format: "%.2f", time)) s; make the matte as long as the target"
            )
        }
        return current
    }
}
