import Faces
import Files
import Foundation
import Media
import Pictures
import Swapping
import Testing

/// Detects a face from the picture alone; all faces until a reset are one track.
private final class LookingObserver: FaceDetectorSource {
    private let seen: (Int) throws -> Void
    private(set) var looks = 0
    private var track = 0

    /// - Parameter seen: called with the number of analysed frames so far; may throw.
    init(_ seen: @escaping (Int) throws -> Void = { _ in }) { self.seen = seen }

    func reset() { track += 1 }

    func faces(in picture: Picture) throws -> [ObservedFace] {
        looks += 1
        try seen(looks)
        let light = picture.pixels.reduce(0) { ($0 * 31 + Int($1)) % 977 }
        // Jitters by up to three pixels, so that smoothing has an effect across the cuts.
        return [scriptedFace(x: 76 + Double(light % 4), y: 56 + Double(light / 4 % 4), track: track)]
    }
}

@Suite("Conversion in parts")
struct ConversionPartTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("parts-\(UUID().uuidString)")
    private var target: URL { folder.appendingPathComponent("target.mkv") }
    private static let count = 64
    private struct Killed: Error {}

    private func makeTarget() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let info = VideoInfo(width: 160, height: 120, frameRate: Rational(25))
        let writer = try VideoWriter(target, like: info, settings: EncodingSettings(codec: .ffv1))
        for index in 0..<Self.count {
            try writer.append(try VideoFrame(MemoryFrame.waves(index).pixels, index: index, like: info))
        }
        try writer.finish()
    }

    /// Converts to `name`, in parts of ten frames.
    private func convert(
        _ name: String, observer: LookingObserver = LookingObserver(), share: ConversionShare = .all,
        settings: ConversionSettings = ConversionSettings(), comparison: String? = nil
    ) throws -> ConversionReport {
        try converter(observer, settings).convert(
            target: target, output: folder.appendingPathComponent(name),
            comparison: comparison.map(folder.appendingPathComponent),
            encoding: EncodingSettings(codec: .ffv1),
            share: share, partLength: 10)
    }

    private func converter(
        _ observer: LookingObserver, _ settings: ConversionSettings = ConversionSettings()
    ) -> Converter {
        Converter(
            observer: observer,
            swapper: ScriptedSwapper { request in
                var dark = request.crop
                dark.pixels = dark.pixels.map { $0 / 2 }
                return dark
            }, settings: settings)
    }

    private func samples(_ name: String) throws -> [[[UInt8]]] {
        let reader = try VideoReader(folder.appendingPathComponent(name))
        var frames: [[[UInt8]]] = []
        while let frame = try reader.next() { frames.append(try frame.nativeSamples()) }
        return frames
    }

    private func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("a conversion killed and resumed five times gives the bytes of an uninterrupted one")
    func killed() throws {
        try makeTarget()
        defer { try? FileManager.default.removeItem(at: folder) }
        let unbroken = try convert("unbroken.mkv", comparison: "unbroken both.mp4")
        #expect(unbroken.frames == Self.count && unbroken.swapped == Self.count && unbroken.resumed == 0)
        var resumed: [Int] = []
        for _ in 0..<5 {
            // Sixty frames complete one or two parts, but never the last.
            let looks = (resumed.last ?? 0) >= 4 ? 15 : 60
            #expect(throws: Killed.self) {
                try convert(
                    "output.mkv", observer: LookingObserver { if $0 == looks { throw Killed() } },
                    comparison: "both.mp4")
            }
            // Killed before its first part is complete, it leaves no folder.
            let parts =
                (try? FileManager.default.contentsOfDirectory(
                    atPath: folder.appendingPathComponent(".output.mkv.unfinished/parts").path)) ?? []
            #expect(!parts.contains { $0.hasSuffix(".tmp") })
            resumed.append(parts.filter { $0.hasSuffix(".beside.nut") }.count)
            #expect(try !contents().contains("output.mkv") && !contents().contains("both.mp4"))
        }
        #expect(resumed == resumed.sorted() && resumed[0] < 3 && resumed[4] > 3)
        let observer = LookingObserver()
        let last = try convert("output.mkv", observer: observer, comparison: "both.mp4")
        #expect(last.frames == Self.count && last.resumed == resumed[4] * 10 && last.resumed > 0)
        #expect(observer.looks < 100, "finished parts are not repeated: all parts need about 200 frames")
        #expect(try samples("output.mkv") == samples("unbroken.mkv"))
        #expect(try samples("both.mp4") == samples("unbroken both.mp4"))
        #expect(
            try contents() == ["both.mp4", "output.mkv", "target.mkv", "unbroken both.mp4", "unbroken.mkv"])
    }

    @Test("parts shared by three runs give the same video, and the last run joins them")
    func shared() throws {
        try makeTarget()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try convert("unbroken.mkv")
        var left: [Int] = []
        for index in [2, 0, 1] {
            #expect(try !contents().contains("output.mkv"))
            left.append(try convert("output.mkv", share: ConversionShare(index: index, count: 3)).partsLeft)
        }
        #expect(left == [4, 2, 0])
        #expect(try samples("output.mkv") == samples("unbroken.mkv"))
        #expect(try contents() == ["output.mkv", "target.mkv", "unbroken.mkv"])
    }

    @Test("an unpublished output is not written again; its parts are kept until it is published")
    func madeOnce() throws {
        try makeTarget()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try convert("unbroken.mkv", comparison: "unbroken both.mp4")
        let observer = LookingObserver()
        func make() throws -> ConversionReport {
            let main = try OutputTransaction(folder.appendingPathComponent("output.mkv"))
            let beside = try OutputTransaction(folder.appendingPathComponent("both.mp4"))
            return try converter(observer).convert(
                target: target, output: main, comparison: beside, encoding: EncodingSettings(codec: .ffv1),
                partLength: 10)
        }
        let first = try make()
        let looks = observer.looks
        let second = try make()
        #expect(second.frames == Self.count && second.swapped == first.swapped)
        #expect(second.resumed == Self.count && second.watermark == first.watermark)
        // Only the lost comparison is joined again.
        try FileManager.default.removeItem(at: folder.appendingPathComponent(".both.mp4.unfinished"))
        let made = folder.appendingPathComponent(".output.mkv.unfinished/made.mkv")
        let before = FileIdentity(made)
        #expect(try make().frames == Self.count)
        #expect(before != nil && FileIdentity(made) == before)
        #expect(try contents().contains(".both.mp4.unfinished"))
        #expect(try convert("output.mkv", observer: observer, comparison: "both.mp4").frames == Self.count)
        #expect(observer.looks == looks, "frames are analysed once")
        #expect(try samples("output.mkv") == samples("unbroken.mkv"))
        #expect(try samples("both.mp4") == samples("unbroken both.mp4"))
        #expect(
            try contents() == ["both.mp4", "output.mkv", "target.mkv", "unbroken both.mp4", "unbroken.mkv"])
    }

    @Test("a part claimed by another run is left to it") func claimed() throws {
        try makeTarget()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try convert("unbroken.mkv")
        #expect(throws: Killed.self) {
            try convert("output.mkv", observer: LookingObserver { if $0 == 75 { throw Killed() } })
        }
        do {
            let lock = try FileLock(
                folder.appendingPathComponent(".output.mkv.unfinished/parts/00004.lock"), on: "a part")
            let report = try convert("output.mkv")
            #expect(report.partsLeft == 1 && report.frames == Self.count - 10)
            withExtendedLifetime(lock) {}
        }
        #expect(try !contents().contains("output.mkv"))
        let report = try convert("output.mkv")
        #expect(report.partsLeft == 0 && report.resumed == Self.count - 10)
        #expect(try samples("output.mkv") == samples("unbroken.mkv"))
    }

    @Test("no seam between parts: smoothing works across their limits")
    func seams() throws {
        try makeTarget()
        defer { try? FileManager.default.removeItem(at: folder) }
        // One part and seven parts are two conversions with different watermark numbers.
        var settings = ConversionSettings()
        settings.marks.watermark = 1
        _ = try convert("parts.mkv", settings: settings)
        _ = try converter(LookingObserver(), settings).convert(
            target: target, output: folder.appendingPathComponent("whole.mkv"),
            encoding: EncodingSettings(codec: .ffv1))
        let (parts, whole) = (try samples("parts.mkv"), try samples("whole.mkv"))
        #expect(parts.count == Self.count)
        #expect(zip(parts, whole).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset).isEmpty)
    }

    @Test("parts of other settings are removed, and damaged ones are converted again")
    func stale() throws {
        try makeTarget()
        defer { try? FileManager.default.removeItem(at: folder) }
        func interrupt(_ settings: ConversionSettings) {
            #expect(throws: Killed.self) {
                try convert(
                    "output.mkv", observer: LookingObserver { if $0 == 75 { throw Killed() } },
                    settings: settings)
            }
        }
        interrupt(ConversionSettings())
        let other = ConversionSettings(composite: CompositeSettings(sharpening: 1))
        #expect(try convert("output.mkv", settings: other).resumed == 0)
        _ = try convert("unbroken.mkv", settings: other)
        #expect(try samples("output.mkv") == samples("unbroken.mkv"))

        interrupt(other)
        let parts = folder.appendingPathComponent(".output.mkv.unfinished/parts")
        try Data("{".utf8).write(to: parts.appendingPathComponent("00001.json"))
        let report = try convert("output.mkv", settings: other)
        #expect(report.resumed > 0 && report.frames == Self.count)
        #expect(try samples("output.mkv") == samples("unbroken.mkv"))
    }

    @Test("a short video cannot be shared, with the reason in the error")
    func tooShort() throws {
        try makeTarget()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: SwappingError.self) {
            try Converter(observer: LookingObserver(), swapper: ScriptedSwapper()).convert(
                target: target, output: folder.appendingPathComponent("output.mkv"),
                share: ConversionShare(index: 0, count: 2))
        }
        #expect(error?.message.contains("cannot be shared") == true)
        #expect(try contents() == ["target.mkv"])
    }

    @Test(
        "parts cover every frame once and have margins; a short remainder is merged with the last part"
    )
    func plan() {
        let times = (0..<1_250).map { Double($0) / 25 }
        let plan = ConversionPlan(times: times, overlap: 12, length: 480)
        #expect(plan.parts.map(\.frames) == [480, 480, 290])
        for (number, time) in times.enumerated() {
            #expect(plan.parts.filter { $0.core.contains(time) }.map(\.number) == [min(2, number / 480)])
        }
        #expect(plan.parts.map(\.start) == [nil, times[468], times[948]])
        #expect(plan.parts[1].reach.contains(times[468]) && !plan.parts[1].reach.contains(times[467]))
        #expect(plan.parts[1].reach.contains(times[971]) && !plan.parts[1].reach.contains(times[972]))
        #expect(ConversionPlan(times: Array(times.prefix(719)), overlap: 12, length: 480).parts.count == 1)
        #expect(
            ConversionPlan(times: Array(times.prefix(1_199)), overlap: 12, length: 480).parts.map(\.frames)
                == [480, 719])
        #expect(ConversionPlan(times: nil, overlap: 12).parts.map(\.frames) == [nil])
    }
}
