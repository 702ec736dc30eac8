import Foundation
import Pictures

@testable import Media

/// A temporary folder, removed after the test.
final class Scratch {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    subscript(name: String) -> URL { folder.appendingPathComponent(name) }
}

/// The sample clips of the repository.
enum Samples {
    /// 250 frames of 384×384 at 25 fps, H.264 with B-frames, tagged BT.709, with an AAC sound track.
    static let target = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Samples/target-c.mp4").standardizedFileURL
}

/// Smooth pictures in which every pixel differs between frames and positions.
func testPicture(_ number: Int, width: Int, height: Int) -> Picture {
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    pixels.withUnsafeMutableBufferPointer { pixels in
        for row in 0..<height {
            for column in 0..<width {
                let index = (row * width + column) * 3
                pixels[index] = UInt8(truncatingIfNeeded: 40 + (column + number * 3) * 160 / (width + 60))
                pixels[index + 1] = UInt8(truncatingIfNeeded: 200 - row * 150 / height)
                pixels[index + 2] = UInt8(truncatingIfNeeded: 60 + (column + row) * 120 / (width + height))
            }
        }
    }
    return Picture(width: width, height: height, pixels: pixels)
}

/// Maximum and mean difference of two pictures' values.
func difference(_ left: Picture, _ right: Picture) -> (largest: Int, mean: Double) {
    guard left.width == right.width, left.height == right.height else { return (255, 255) }
    var (largest, sum) = (0, 0)
    left.pixels.withUnsafeBufferPointer { left in
        right.pixels.withUnsafeBufferPointer { right in
            for index in 0..<left.count {
                let distance = abs(Int(left[index]) - Int(right[index]))
                largest = max(largest, distance)
                sum += distance
            }
        }
    }
    return (largest, Double(sum) / Double(max(1, left.pixels.count)))
}

/// The `MediaError` that an expression throws; `nil` if it throws none.
func mediaError(_ body: () throws -> Void) -> MediaError? {
    do {
        try body()
        return nil
    } catch {
        return error as? MediaError
    }
}

/// Writes a clip of `testPicture`s and returns the frames written.
@discardableResult
func writeClip(
    _ url: URL, info: VideoInfo, frames: Int, settings: EncodingSettings = EncodingSettings(),
    metadata: [String: String] = [:], tracksFrom tracks: URL? = nil, times: [Double]? = nil
) throws -> [VideoFrame] {
    let writer = try VideoWriter(url, like: info, settings: settings, metadata: metadata, tracksFrom: tracks)
    let written = try (0..<frames).map { index in
        let frame = try VideoFrame(
            testPicture(index, width: info.width, height: info.height), index: index, time: times?[index],
            like: info)
        try writer.append(frame)
        return frame
    }
    try writer.finish()
    return written
}

func allFrames(_ url: URL) throws -> [VideoFrame] {
    let reader = try VideoReader(url)
    var frames: [VideoFrame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return frames
}
