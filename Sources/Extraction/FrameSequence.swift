import Foundation
import Media
import Pictures
import Workspace

/// Frames one after the other, from the first.
package protocol FrameSequence: AnyObject, Sendable {
    /// How many frames there probably are; nil where nobody knows.
    var estimate: Int? { get }
    /// Frames that could not be read so far and were left out.
    var unreadable: [UnreadableFrame] { get }
    /// The next frame; nil behind the last. Called from one thread.
    func next() throws -> Frame?
}

/// A frame whose pixels are converted only where they are needed.
package struct Frame: Sendable {
    package let index: Int
    /// Seconds from the clip's start.
    package let time: Double
    /// The picture's file name, where each frame is a file of its own.
    package let file: String?
    /// Whether the frame has nothing to do with the one before: a photograph.
    let isAlone: Bool
    /// Of its stored pixels.
    let shape: PixelShape
    /// All of it in square pixels, good enough to look for faces.
    let look: @Sendable () throws -> Picture
    /// At least this part of its stored pixels, as good as it is, and where that lies.
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

/// Pictures as frames, one a second.
final class PictureFrames: FrameSequence, @unchecked Sendable {
    private let files: [URL]
    private let order: PictureOrder
    private var position = 0
    /// None: a picture is read by who looks at it.
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
