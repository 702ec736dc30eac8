import Files
import Foundation

/// Streams an exchange document to a file, one face per line, so that large sets need little memory.
final class SidecarWriter {
    private let url: URL
    private let handle: FileHandle
    private let encoder = ExchangeDocument.encoder
    private var isFirst = true

    /// - Parameter document: the document; its faces are ignored.
    init(_ document: ExchangeDocument, to url: URL) throws {
        self.url = url
        guard FileManager.default.createFile(atPath: url.path, contents: nil),
            let handle = FileHandle(forWritingAtPath: url.path)
        else { throw FileError.writing(url, errno) }
        self.handle = handle
        var head = document
        head.faces = []
        // Keys are sorted and "faces" is an empty list: faces are inserted between its brackets.
        let text = String(decoding: try encoder.encode(head), as: UTF8.self)
        guard let place = text.range(of: "\"faces\":[") else { return }
        tail = String(text[place.upperBound...])
        try put(String(text[..<place.upperBound]))
    }

    private var tail = ""

    func append(_ face: ExchangeDocument.Face) throws {
        try put((isFirst ? "\n" : ",\n") + String(decoding: try encoder.encode(face), as: UTF8.self))
        isFirst = false
    }

    func close() throws {
        try put("\n" + tail + "\n")
        do {
            try handle.synchronize()
            try handle.close()
        } catch { throw FileError.writing(url) }
    }

    private func put(_ text: String) throws {
        do { try handle.write(contentsOf: Data(text.utf8)) } catch { throw FileError.writing(url) }
    }
}
