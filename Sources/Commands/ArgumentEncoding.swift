import Foundation

/// Detects command-line arguments that are not UTF-8.
///
/// Swift's strings and paths are Unicode: invalid bytes become replacement characters, which name a different
/// file. Such an argument is rejected.
package enum ArgumentEncoding {
    /// Reports the first argument that is not UTF-8.
    ///
    /// - Returns: the exit code; `nil` if all are UTF-8.
    package static func refusal() -> Int32? {
        let arguments = (0..<Int(CommandLine.argc)).lazy.compactMap { CommandLine.unsafeArgv[$0] }
        guard let complaint = arguments.compactMap({ complaint($0) }).first else { return nil }
        let bytes = Array("dimorph: \(complaint)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        return ExitStatus.usage
    }

    static func complaint(_ argument: UnsafePointer<CChar>) -> String? {
        guard String(validatingCString: argument) == nil else { return nil }
        return """
            '\(escaped(argument))' is not UTF-8, and Dimorph reads names as UTF-8 alone. Give an input a second name by \
            `ln -s`, and write the output under another name, which `mv` changes afterwards.
            """
    }

    /// Escapes non-ASCII bytes as `\xE9`.
    private static func escaped(_ argument: UnsafePointer<CChar>) -> String {
        var text = ""
        for byte in UnsafeBufferPointer(start: argument, count: strlen(argument)).lazy.map({
            UInt8(bitPattern: $0)
        }) {
            text += 0x20..<0x7f ~= byte ? String(UnicodeScalar(byte)) : String(format: "\\x%02X", Int(byte))
        }
        return text
    }
}
