import Foundation

/// An error that may report a lack of memory.
package protocol MemoryShortage: Error {
    var isMemoryShortage: Bool { get }
}

/// A failed allocation; the files involved are presumably intact.
package struct OutOfMemoryError: MemoryShortage, CustomStringConvertible, Sendable {
    /// The purpose of the allocation, such as "to read /films/model.safetensors".
    let purpose: String?

    package init(_ purpose: String? = nil) { self.purpose = purpose }

    package var isMemoryShortage: Bool { true }

    package var description: String {
        "there is not enough memory\(purpose.map { " \($0)" } ?? ""); no file is damaged by that: close other programs, or "
            + "raise the memory limit of this process (ulimit -v, ulimit -d, or the container's)"
    }
}

extension Error {
    /// Whether this error itself, ignoring its cause, reports a lack of memory.
    var reportsMemoryShortage: Bool {
        (self as? any MemoryShortage)?.isMemoryShortage ?? (posixCode == ENOMEM)
    }

    /// The first error in the chain that reports a lack of memory.
    var memoryShortage: (any Error)? { chain.first { $0.reportsMemoryShortage } }

    /// Whether this error or a cause reports a lack of memory. If so, it is no evidence that a file is damaged.
    package var isOutOfMemory: Bool { memoryShortage != nil }
}
