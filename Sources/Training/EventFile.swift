import Foundation

/// Writes scalars and pictures over steps to a TensorBoard event file.
///
/// The file is a sequence of TFRecords, each an `Event` message (tensorflow/core/util/event.proto). Events
/// are appended and flushed at once; readers skip a truncated last record.
package final class EventFile {
    package let url: URL
    private let file: FileHandle

    /// Creates a new file in the folder, which is created if missing.
    ///
    /// - Parameter step: step from which events of earlier files in the folder are ignored, after a resumed
    ///   run.
    package init(in folder: URL, from step: Int, at now: Date = Date()) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let host = ProcessInfo.processInfo.hostName
            let name = "events.out.tfevents.\(Int(now.timeIntervalSince1970)).\(host)"
            var place = folder.appending(path: "\(name).dimorph")
            // Two runs that start within the same second get separate files.
            var copy = 1
            while FileManager.default.fileExists(atPath: place.path) {
                copy += 1
                place = folder.appending(path: "\(name).dimorph.\(copy)")
            }
            url = place
            try Data().write(to: place)
            file = try FileHandle(forWritingTo: place)
        } catch {
            throw TrainingError(
                .unwritable,
                "\(folder.path) cannot be written, which --tensorboard names; take a folder that can",
                cause: error)
        }
        try append(Event(now, step: 0, .version))
        try append(Event(now, step: step, .start))
    }

    package func add(_ figures: [(tag: String, value: Double)], step: Int, at now: Date = Date()) throws {
        guard !figures.isEmpty else { return }
        try append(Event(now, step: step, .figures(figures.map { ($0.tag, Float($0.value)) })))
    }

    /// - Parameter png: picture as PNG data.
    package func add(
        _ tag: String, png: Data, width: Int, height: Int, step: Int, at now: Date = Date()
    ) throws {
        try append(Event(now, step: step, .picture(tag, png: png, width: width, height: height)))
    }

    private func append(_ event: Event) throws {
        do { try file.write(contentsOf: TFRecord.framed(event.message)) } catch {
            throw TrainingError(
                .unwritable, "\(url.path) cannot be written; check the disk and run again", cause: error)
        }
    }
}

/// Content of an event and its encoding as a message.
struct Event {
    enum Content {
        case version
        /// Marks events from this step on as restarted.
        case start
        case figures([(tag: String, value: Float)])
        case picture(String, png: Data, width: Int, height: Int)
    }

    private let time: Double
    private let step: Int
    private let content: Content

    init(_ time: Date, step: Int, _ content: Content) {
        (self.time, self.step, self.content) = (time.timeIntervalSince1970, step, content)
    }

    /// Fields of `Event`: 1 wall_time, 2 step, 3 file_version, 5 summary, 7 session_log.
    var message: Data {
        var event = Message()
        event.add(1, time)
        if step != 0 { event.add(2, step) }
        switch content {
        case .version: event.add(3, Data("brain.Event:2".utf8))
        case .start:
            var log = Message()
            log.add(1, 1)  // SessionLog.START
            event.add(7, log.bytes)
        case .figures(let figures):
            var summary = Message()
            for figure in figures {
                var value = Message()
                value.add(1, Data(figure.tag.utf8))
                value.add(2, figure.value)
                summary.add(1, value.bytes)
            }
            event.add(5, summary.bytes)
        case .picture(let tag, let png, let width, let height):
            var (image, value, summary) = (Message(), Message(), Message())
            image.add(1, height)
            image.add(2, width)
            image.add(3, 3)  // RGB
            image.add(4, png)
            value.add(1, Data(tag.utf8))
            value.add(4, image.bytes)
            summary.add(1, value.bytes)
            event.add(5, summary.bytes)
        }
        return event.bytes
    }
}

/// Encoder of a protocol-buffers message.
struct Message {
    private(set) var bytes = Data()

    /// A non-negative integer as a varint.
    mutating func add(_ field: Int, _ value: Int) {
        varint(field << 3)
        varint(value)
    }

    mutating func add(_ field: Int, _ value: Double) {
        varint(field << 3 | 1)
        bytes.append(littleEndian: value.bitPattern)
    }

    mutating func add(_ field: Int, _ value: Float) {
        varint(field << 3 | 5)
        bytes.append(littleEndian: value.bitPattern)
    }

    mutating func add(_ field: Int, _ value: Data) {
        varint(field << 3 | 2)
        varint(value.count)
        bytes += value
    }

    private mutating func varint(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
