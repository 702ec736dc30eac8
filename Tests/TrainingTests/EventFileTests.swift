import Foundation
import Testing

@testable import Training

/// Against bytes that TensorBoard's own writer made (`Tests/References/make-event-reference.py`).
@Suite("Event files")
struct EventFileTests {
    @Test("have the bytes that TensorBoard's writer makes")
    func bytes() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        func time(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_234_567_890 + seconds) }
        var expected = try Data(
            contentsOf: #require(Bundle.module.url(forResource: "Golden/events", withExtension: "tfevents")))
        var written = Data()
        let events = [
            Event(time(0.25), step: 0, .version), Event(time(0.5), step: 300, .start),
            Event(time(1.75), step: 300, .figures([("loss_source", 0.03125), ("held_out", 0.1)])),
            Event(
                time(2), step: 70_000,
                .picture(
                    "preview", png: Data((0..<512).map { UInt8($0 & 255) }), width: 3, height: 200)),
        ]
        for event in events { written += TFRecord.framed(event.message) }
        #expect(written == expected)

        // The file itself: the same records, but for the two times of its opening.
        let file = try EventFile(in: folder.appending(path: "tb"), from: 300, at: time(0.25))
        try file.add([("loss_source", 0.03125), ("held_out", 0.1)], step: 300, at: time(1.75))
        try file.add([], step: 300)
        let start = TFRecord.framed(Event(time(0.25), step: 300, .start).message)
        let version = TFRecord.framed(events[0].message)
        expected = version + start + TFRecord.framed(events[2].message)
        #expect(try Data(contentsOf: file.url) == expected)
        #expect(file.url.lastPathComponent.hasPrefix("events.out.tfevents.1234567890."))
        let second = try EventFile(in: folder.appending(path: "tb"), from: 0, at: time(0.25))
        #expect(second.url != file.url)
    }

    @Test(
        "checksums are those of RFC 3720",
        arguments: [(0x00, 0x8a91_36aa), (0xff, 0x62a8_ab43)] as [(UInt8, UInt32)])
    func checksum(byte: UInt8, sum: UInt32) {
        #expect(TFRecord.crc32c(Data(repeating: byte, count: 32)) == sum)
    }

    @Test("a folder that cannot be is an error that names it")
    func refused() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file")
        try Data().write(to: file)
        let error = #expect(throws: TrainingError.self) { try EventFile(in: file, from: 0) }
        #expect(error?.code == .unwritable && error?.message.contains(file.path) == true)
    }
}
