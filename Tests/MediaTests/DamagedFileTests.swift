import Foundation
import Testing

@testable import Media

@Suite("Damaged files")
struct DamagedFileTests {
    let scratch: Scratch
    let info = VideoInfo(width: 96, height: 64, frameRate: Rational(25))

    init() throws { scratch = try Scratch() }

    private func cut(_ name: String, to part: Double) throws {
        let whole = try Data(contentsOf: scratch[name])
        try whole.prefix(Int(Double(whole.count) * part)).write(to: scratch["cut-" + name])
    }

    /// Reads to the end or to the first error.
    private func read(_ url: URL) throws -> (frames: [VideoFrame], error: MediaError?) {
        let reader = try VideoReader(url)
        var frames: [VideoFrame] = []
        let error = mediaError {
            while let frame = try reader.next() { frames.append(frame) }
        }
        return (frames, error)
    }

    @Test(
        "a truncated MP4 gives its readable frames, then an error with the number of missing ones",
        arguments: [0.5, 0.7, 0.95])
    func cutMP4(part: Double) throws {
        try writeClip(scratch["a.mp4"], info: info, frames: 60)
        try cut("a.mp4", to: part)
        let reader = try VideoReader(scratch["cut-a.mp4"])
        let readable = try #require(reader.info.readableFrameCount)
        #expect(reader.info.isTruncated && reader.info.frameCount == 60 && readable < 60)
        #expect(mediaError { try reader.requireComplete() }?.code == .truncated)

        let (frames, error) = try read(scratch["cut-a.mp4"])
        #expect(frames.count == readable && frames.allSatisfy { !$0.isDamaged })
        #expect(error?.code == .truncated && error?.isBadInput == true)
        #expect(
            error?.message.contains("cut-a.mp4 is cut off: \(readable) of its 60 frames") == true,
            "\(String(describing: error))")
        let whole = try allFrames(scratch["a.mp4"])
        for (left, right) in zip(frames, whole) where left.timestamp == right.timestamp {
            #expect(try left.nativeSamples() == right.nativeSamples())
        }
    }

    @Test("a complete file is not reported as truncated")
    func complete() throws {
        for name in ["a.mp4", "a.mkv", "a.mov"] {
            try writeClip(scratch[name], info: info, frames: 10)
            let reader = try VideoReader(scratch[name])
            #expect(!reader.info.isTruncated && reader.info.readableFrameCount == nil)
            try reader.requireComplete()
            #expect(try read(scratch[name]).error == nil)
        }
    }

    @Test("a truncated MKV gives its readable frames, then an error")
    func cutMKV() throws {
        try writeClip(scratch["a.mkv"], info: info, frames: 60, settings: .init(codec: .ffv1))
        try cut("a.mkv", to: 0.5)
        let (frames, error) = try read(scratch["cut-a.mkv"])
        #expect(frames.count > 20 && frames.count < 40)
        #expect(
            error?.code == .truncated
                && error?.message.contains("\(frames.count) frames could be read") == true)
    }

    @Test("an MP4 without an index is an error with the reason")
    func noIndex() throws {
        try writeClip(scratch["a.mp4"], info: info, frames: 5)
        var data = try Data(contentsOf: scratch["a.mp4"]).prefix(32)  // the first box
        data = data.prefix(Int(data[3]))
        data += [0, 1, 0, 0] + Array("mdat".utf8) + [UInt8](repeating: 7, count: 5000)
        try data.write(to: scratch["b.mp4"])
        let error = try #require(mediaError { _ = try VideoReader(scratch["b.mp4"]) })
        #expect(error.code == .unreadable && error.message.contains("moov"), "\(error)")
    }

    @Test("damaged packets are skipped: later frames keep their times", arguments: ["mp4", "mkv"])
    func resync(container: String) throws {
        let info = VideoInfo(width: 192, height: 128, frameRate: Rational(25))
        try writeClip(scratch["a." + container], info: info, frames: 60)
        var data = try Data(contentsOf: scratch["a." + container])
        let middle = data.count * 2 / 3
        data.replaceSubrange(middle..<middle + 300, with: [UInt8](repeating: 0x55, count: 300))
        try data.write(to: scratch["b." + container])
        let reader = try VideoReader(scratch["b." + container])
        var frames: [VideoFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        let lost = 60 - frames.count
        // Each is reported with a time within the clip.
        #expect(reader.unreadable.count == reader.unreadableFrames)
        #expect(reader.unreadable.allSatisfy { $0.frame == Int(($0.time * 25).rounded()) && $0.frame < 61 })
        #expect(reader.unreadable.map(\.time) == reader.unreadable.map(\.time).sorted())
        #expect(lost + reader.damagedFrames + reader.unreadableFrames > 0)
        #expect(frames.allSatisfy { abs(($0.time * 25).rounded() / 25 - $0.time) < 0.001 })
        if container == "mp4" {
            #expect(lost <= reader.unreadableFrames && lost < 10)
            #expect(abs((frames.last?.time ?? 0) - 59.0 / 25) < 0.001)
        } else {
            // Matroska loses the rest of a cluster, here all of it; that must be reported.
            #expect(reader.unreadableFrames >= lost)
        }
    }

    @Test("an impossible duration is ignored without a trap")
    func eternal() throws {
        try writeClip(scratch["a.mkv"], info: info, frames: 10)
        var data = try Data(contentsOf: scratch["a.mkv"])
        let tag = try #require(data.range(of: Data("00:00:00.400000000".utf8)))
        data.replaceSubrange(tag, with: Data("9e99:00:00.4000000".utf8))
        try data.write(to: scratch["b.mkv"])
        let (frames, error) = try read(scratch["b.mkv"])
        #expect(frames.count == 10 && error == nil)
    }

    @Test("numbers beyond the type's range are clamped")
    func clamping() {
        #expect(Int(clamping: 1e300) == .max && Int64(clamping: -1e300) == .min && Int(clamping: .nan) == 0)
        #expect(Int(clamping: Double.infinity) == .max && Int(clamping: 2.6) == 3)
    }

    @Test("a frame size that would take gigabytes is rejected before allocation")
    func enormous() throws {
        // A GIF of 2×2 pixels with a header of 16000×16000: 1 GB per frame.
        let gif: [UInt8] =
            Array("GIF89a".utf8) + [0x80, 0x3E, 0x80, 0x3E, 0xF0, 0, 0, 0, 0, 0, 255, 255, 255]
            + [0x2C, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 0x02, 0x05, 0, 0x3B]
        try Data(gif).write(to: scratch["a.gif"])
        let error = try #require(mediaError { _ = try VideoReader(scratch["a.gif"]) })
        #expect(error.code == .unreadable && error.message.contains("a.gif"))
        var small = gif
        small.replaceSubrange(6..<10, with: [2, 0, 2, 0])
        try Data(small).write(to: scratch["b.gif"])
        #expect(try VideoReader(scratch["b.gif"]).info.width == 2)
    }

    @Test("reading a corrupted file ends with frames or an error", arguments: 0..<40)
    func fuzz(seed: Int) throws {
        let name = ["a.mp4", "a.mkv", "a.mov"][seed % 3]
        try writeClip(
            scratch[name], info: info, frames: 12,
            settings: .init(codec: seed % 2 == 0 || name == "a.mp4" ? .h264 : .prores))
        var data = try Data(contentsOf: scratch[name])
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        // Half of the files are corrupted in their headers.
        for _ in 0..<1 + random(30) {
            data[random(seed % 4 < 2 ? min(1500, data.count) : data.count)] = UInt8(random(256))
        }
        if seed % 5 == 0 { data = data.prefix(random(data.count)) }
        try data.write(to: scratch["damaged-" + name])
        do {
            let (frames, error) = try read(scratch["damaged-" + name])
            #expect(frames.count <= 40)
            if let error { #expect(error.isBadInput, "\(error)") }
        } catch {
            #expect((error as? MediaError)?.isBadInput == true, "\(error)")
        }
    }
}
