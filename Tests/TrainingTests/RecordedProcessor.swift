import Foundation

/// The processor that the results in `Tests/Fixtures` were made on. On others LibTorch's and FFmpeg's kernels add in another
/// order, so that the last bits differ.
enum RecordedProcessor {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/processor.txt")

    static var isThisOne: Bool {
        get throws { try String(contentsOf: file, encoding: .utf8) == name }
    }

    static func record() throws { try name.write(to: file, atomically: true, encoding: .utf8) }

    /// Family, model and stepping of the first core.
    private static var name: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let fields = text.components(separatedBy: "\n\n")[0].split(separator: "\n").map { line in
            line.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return ["cpu family", "model", "stepping"].map { key in
            fields.first { $0.first == key }?.last ?? "?"
        }.joined(separator: "/")
    }
}
