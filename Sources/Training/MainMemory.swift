import Foundation

/// Memory of the machine and of this process, as reported by Linux.
package enum MainMemory {
    /// Bytes that this process can still allocate without swapping: free memory, limited by control groups
    /// and the process's own limits. `nil` if unknown.
    package static var available: Int? {
        let free = MemoryLimits().remaining + [field("MemAvailable", in: text("/proc/meminfo"))]
        return free.compactMap { $0 }.min()
    }

    /// Bytes that this process uses now, and its peak.
    package static var held: Int? { field("VmRSS", in: text("/proc/self/status")) }
    package static var heldAtMost: Int? { field("VmHWM", in: text("/proc/self/status")) }

    /// Resets `heldAtMost` to the current value. Returns whether the kernel supports it.
    @discardableResult
    package static func forgetHeight() -> Bool {
        // man 5 proc, clear_refs: 5 resets the peak resident set size.
        guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
        fputs("5", file)
        return fclose(file) == 0
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// A line such as `MemAvailable:   123456 kB`.
    static func field(_ name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, words[2] == "kB", let value = Int(words[1]) else { return nil }
            let (bytes, overflow) = value.multipliedReportingOverflow(by: 1024)
            return overflow ? nil : bytes
        }
        return nil
    }
}
