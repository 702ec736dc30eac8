import Foundation

/// An error that knows whether it reports a lack of memory.
package protocol MemoryShortage: Error {
    var isMemoryShortage: Bool { get }
}

/// Memory that could not be had, for all that is known without the fault of any file.
package struct OutOfMemoryError: MemoryShortage, CustomStringConvertible, Sendable {
    /// What the memory is for, such as "to read /films/model.safetensors".
    let purpose: String?

    package init(_ purpose: String? = nil) { self.purpose = purpose }

    package var isMemoryShortage: Bool { true }

    package var description: String {
        "there is not enough memory\(purpose.map { " \($0)" } ?? ""); no file is damaged by that: close other programs, or "
            + "raise the memory limit of this process (ulimit -v, ulimit -d, or the container's)"
    }
}

extension Error {
    /// Whether this error itself, whatever its cause, reports a lack of memory.
    var reportsMemoryShortage: Bool {
        (self as? any MemoryShortage)?.isMemoryShortage ?? (posixCode == ENOMEM)
    }

    /// The first of this error and its causes that reports a lack of memory.
    var memoryShortage: (any Error)? { chain.first { $0.reportsMemoryShortage } }

    /// Whether memory has run out, here or in a cause. Such a failure says nothing about the files that were read.
    package var isOutOfMemory: Bool { memoryShortage != nil }
}
