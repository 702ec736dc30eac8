import Foundation

/// A workspace's ledger of outputs: `ledger.jsonl`, a hash chain.
package struct Ledger: Sendable {
    private let chain: HashChain<LedgerEntry>

    package init(folder: URL) { chain = HashChain(folder: folder, name: "ledger") }

    package var file: URL { chain.file }

    package func add(_ entry: LedgerEntry) throws { try chain.append(entry) }

    /// Withdraws the entry of an output that was never published, by appending another entry.
    ///
    /// - Returns: false if there is no such entry or it is withdrawn already.
    package func withdraw(_ sha256: String, because reason: String, at time: Date = Date()) throws -> Bool {
        guard let entry = try entries().last(where: { $0.sha256 == sha256 }), entry.withdrawn == nil else {
            return false
        }
        try chain.append(entry.withdrawn(at: time, because: reason))
        return true
    }

    /// All entries, oldest first, verified against the hash chain.
    ///
    /// - Throws: `ProvenanceError` `tampered`, `unreadable`.
    package func entries() throws -> [LedgerEntry] { try chain.links().map(\.record) }

    /// The kind of match between a file and an entry.
    package enum Match: Sendable, Equatable {
        /// Identical to the output.
        case exact(LedgerEntry)
        /// Identical to the target video of an output.
        case target(LedgerEntry)
        /// Similar frames, as those of an output or its target video; `bits` of 64 differ on average.
        case similar(LedgerEntry, bits: Double)
    }

    /// Maximum mean number of differing bits of 64: unrelated frames differ in 32 on average, standard deviation 4.
    package static let similarity = 10.0

    /// - Parameter looks: hashes of the file's frames at an entry's sample times.
    package func match(sha256: String, looks: [PerceptualHash]) throws -> Match? {
        let entries = try entries()
        if let same = entries.last(where: { $0.sha256 == sha256 }) { return .exact(same) }
        if let origin = entries.last(where: { $0.target?.sha256 == sha256 }) { return .target(origin) }
        let near = entries.compactMap { entry -> (entry: LedgerEntry, bits: Double)? in
            guard entry.looks.count == looks.count, !looks.isEmpty else { return nil }
            let bits = zip(entry.looks, looks).reduce(0) { $0 + $1.0.distance(to: $1.1) }
            return (entry, Double(bits) / Double(looks.count))
        }
        guard let best = near.min(by: { $0.bits < $1.bits }), best.bits <= Self.similarity else { return nil }
        return .similar(best.entry, bits: best.bits)
    }
}
