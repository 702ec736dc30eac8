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
    package let picture: @Sendable () throws -> Picture

    package init(
        index: Int, time: Double, file: String? = nil, picture: @escaping @Sendable () throws -> Picture
    ) {
        (self.index, self.time, self.file, self.picture) = (index, time, file, picture)
    }
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
        return Frame(index: frame.index, time: frame.time) { try frame.picture() }
    }
}

/// Pictures as frames, one a second: far enough apart that nothing is taken for movement.
final class PictureFrames: FrameSequence, @unchecked Sendable {
    private let files: [URL]
    private var position = 0
    /// None: a picture is read by who looks at it.
    var unreadable: [UnreadableFrame] { [] }

    init(_ files: [URL]) { self.files = files }

    var estimate: Int? { files.count }

    func next() throws -> Frame? {
        guard position < files.count else { return nil }
        defer { position += 1 }
        let file = files[position]
        return Frame(index: position, time: Double(position), file: file.lastPathComponent) {
            try PictureFile.read(file)
        }
    }
}
