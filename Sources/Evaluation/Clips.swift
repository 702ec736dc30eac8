import Foundation
import Media
import Pictures

/// One moment of the clips that are compared.
struct ClipFrame {
    let output: Picture
    /// Nil where no truth was given or a clip has ended.
    let truth: (target: Picture, truth: Picture, mask: Plane)?
}

/// Output, target, truth and mask, read side by side.
struct Clips {
    let target: URL
    let size: (width: Int, height: Int)
    let estimate: Int
    private let output: VideoReader
    private let readers: (target: VideoReader, truth: VideoReader, mask: VideoReader?)?

    init(output: URL, target: URL, truth: URL?, mask: URL?) throws {
        self.target = target
        self.output = try VideoReader(output)
        size = (self.output.info.width, self.output.info.height)
        estimate = self.output.info.frameCount ?? 250
        readers = try truth.map {
            (try VideoReader(target), try VideoReader($0), try mask.map { try VideoReader($0) })
        }
        guard let readers else { return }
        for reader in [readers.target, readers.truth, readers.mask].compactMap({ $0 }) {
            guard reader.info.width == size.width, reader.info.height == size.height else {
                throw EvaluationError(
                    .mismatch,
                    "\(reader.url.path) is \(reader.info.width)×\(reader.info.height), but \(output.path) is "
                        + "\(size.width)×\(size.height): only clips of one size can be compared pixel by pixel"
                )
            }
        }
    }

    mutating func next() throws -> ClipFrame? {
        guard let frame = try output.next() else { return nil }
        let picture = try frame.picture()
        guard let readers, let target = try readers.target.next(), let truth = try readers.truth.next() else {
            return ClipFrame(output: picture, truth: nil)
        }
        var mask = Plane(width: size.width, height: size.height, repeating: 1)
        if let reader = readers.mask {
            guard let shown = try reader.next() else { return ClipFrame(output: picture, truth: nil) }
            mask = try shown.picture().luma
            for index in mask.values.indices { mask.values[index] = mask.values[index] > 127 ? 1 : 0 }
        }
        return ClipFrame(output: picture, truth: (try target.picture(), try truth.picture(), mask))
    }
}
