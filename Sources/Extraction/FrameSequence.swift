import Foundation
import Media
import Pictures
import Workspace

/// A sequence of frames.
package protocol FrameSequence: AnyObject, Sendable {
    /// Estimated number of frames; `nil` if unknown.
    var estimate: Int? { get }
    /// Unreadable frames that were skipped so far.
    var unreadable: [UnreadableFrame] { get }
    /// The next frame; `nil` after the last one. Called from one thread.
    func next() throws -> Frame?
}

/// A frame whose pixels are converted on demand.
package struct Frame: Sendable {
    package let index: Int
    /// Time from the start of the clip, in seconds.
    package let time: Double
    /// File name, if each frame is a separate file.
    package let file: String?
    /// Whether the frame is a photograph, unrelated to the previous one.
    let isAlone: Bool
    /// Size of the stored pixels.
    let shape: PixelShape
    /// The whole frame in square pixels, with sufficient quality for face detection.
    let look: @Sendable () throws -> Picture
    /// A region of stored pixels that contains the given one, in full quality, with its origin.
    let part: @Sendable (PixelRegion) throws -> (picture: Picture, x: Int, y: Int)
}

final class VideoFrames: FrameSequence {
    private let reader: VideoReader

    init(_ reader: VideoReader) { self.reader = reader }

    var estimate: Int? { reader.info.frameCount }
    var unreadable: [UnreadableFrame] {
        reader.unreadable.map { UnreadableFrame(frame: $0.frame, time: $0.time) }
    }

    func next() throws -> Frame? {
        guard let frame = try reader.next() else { return nil }
        return Frame(
            index: frame.index, time: frame.time, file: nil, isAlone: false, shape: frame.pixelShape,
            look: { try frame.squarePicture(isQuick: true) },
            part: { region in
                let (x, y) = (min(max(0, region.x), frame.width - 1), min(max(0, region.y), frame.height - 1))
                let width = min(max(x + 1, region.x + region.width), frame.width) - x
                let height = min(max(y + 1, region.y + region.height), frame.height) - y
                return (try frame.picture(x: x, y: y, width: width, height: height), x, y)
            })
    }
}

/// Pictures as frames, one per second.
final class PictureFrames: FrameSequence, @unchecked Sendable {
    private let files: [URL]
    private let order: PictureOrder
    private var position = 0
    /// Zero: pictures are decoded by the consumer.
    var unreadable: [UnreadableFrame] { [] }

    init(_ files: [URL], _ order: PictureOrder) { (self.files, self.order) = (files, order) }

    var estimate: Int? { files.count }

    func next() throws -> Frame? {
        guard position < files.count else { return nil }
        defer { position += 1 }
        let file = files[position]
        return Frame(
            index: position, time: Double(position), file: file.lastPathComponent,
            isAlone: order == .photographs, shape: .square, look: { try PictureFile.read(file) },
            part: { _ in (try PictureFile.read(file), 0, 0) })
    }
}
