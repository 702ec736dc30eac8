/// Collects the errors of all files of a folder, to report them together.
struct ValidationErrors {
    private var lines: [String] = []
    private var count = 0

    /// Maximum number of listed errors; further ones are counted.
    private static let limit = 10

    mutating func add(_ line: String) {
        count += 1
        if lines.count < Self.limit { lines.append(line) }
    }

    /// - Parameters:
    ///   - what: the failed operation, with the folder.
    ///   - remedy: how to fix it.
    func throwIfAny(_ what: String, remedy: String) throws {
        guard count > 0 else { return }
        let more = count > lines.count ? "\n  and \(count - lines.count) more" : ""
        throw CurationError(
            .exchange, "\(what):\n  \(lines.joined(separator: "\n  "))\(more)\n\(remedy)")
    }
}
