import Foundation
import Media
import Pictures

/// The frames of the compared clips at one position, in square pixels.
struct ClipFrame {
    let output: Picture
    /// `nil` if the target has another size or has ended.
    let target: Picture?
    /// `nil` without a ground truth, or after the end of a clip.
    let truth: (truth: Picture, mask: Plane)?
}

/// Reads output, target, ground truth and mask in parallel.
struct Clips {
    let target: URL
    /// Shape of the output's stored pixels.
    let storedSize: (width: Int, height: Int)
    let shape: PixelShape
    /// Frame size in square pixels.
    let size: (width: Int, height: Int)
    let estimate: Int
    private let output: VideoReader
    /// `nil` if its frame size differs from the output's.
    private let targetReader: VideoReader?
    private let truthReaders: (truth: VideoReader, mask: VideoReader?)?

    init(output: URL, target: URL, truth: URL?, mask: URL?) throws {
        self.target = target
        self.output = try VideoReader(output)
        let info = self.output.info
        (storedSize, shape) = ((info.width, info.height), info.pixelShape)
        let size = info.squareSize
        self.size = size
        estimate = self.output.info.frameCount ?? 250
        let targetReader = try VideoReader(target)
        truthReaders = try truth.map { (try VideoReader($0), try mask.map { try VideoReader($0) }) }
        func fits(_ reader: VideoReader) -> Bool {
            reader.info.squareSize == size
        }
        self.targetReader = fits(targetReader) ? targetReader : nil
        guard let truthReaders else { return }
        for reader in [targetReader, truthReaders.truth, truthReaders.mask].compactMap({ $0 }) {
            guard fits(reader) else {
                throw EvaluationError(
                    .mismatch,
                    "\(reader.url.path) is \(reader.info.squareSize.width)×\(reader.info.squareSize.height), but \(output.path) is "
                        + "\(size.width)×\(size.height): only clips of one size can be compared pixel by pixel"
                )
            }
        }
    }

    mutating func next() throws -> ClipFrame? {
        guard let frame = try output.next() else { return nil }
        return ClipFrame(
            output: try frame.squarePicture(), target: try targetReader?.next()?.squarePicture(),
            truth: try nextTruth())
    }

    private func nextTruth() throws -> (truth: Picture, mask: Plane)? {
        guard let readers = truthReaders, let truth = try readers.truth.next() else { return nil }
        var mask = Plane(width: size.width, height: size.height, repeating: 1)
        if let reader = readers.mask {
            guard let shown = try reader.next() else { return nil }
            mask = try shown.squarePicture().luma
            for index in mask.values.indices { mask.values[index] = mask.values[index] > 127 ? 1 : 0 }
        }
        return (try truth.squarePicture(), mask)
    }
}
