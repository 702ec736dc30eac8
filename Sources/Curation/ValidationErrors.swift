/// What is wrong with the files of a folder, gathered so that a person can put all of it right at once.
struct ValidationErrors {
    private var lines: [String] = []
    private var count = 0

    /// So many are told; the others are counted.
    private static let limit = 10

    mutating func add(_ line: String) {
        count += 1
        if lines.count < Self.limit { lines.append(line) }
    }

    /// - Parameters:
    ///   - what: what cannot be done, naming the folder.
    ///   - remedy: what to do about it.
    func throwIfAny(_ what: String, remedy: String) throws {
        guard count > 0 else { return }
        let more = count > lines.count ? "\n  and \(count - lines.count) more" : ""
        throw CurationError(
            .exchange, "\(what):\n  \(lines.joined(separator: "\n  "))\(more)\n\(remedy)")
    }
}
