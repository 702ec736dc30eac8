import Foundation

/// What Linux says of the machine's memory and of this process's.
package enum MainMemory {
    /// Bytes that can be had without swapping; nil where nobody says.
    package static var available: Int? {
        // A container may have less than its machine.
        [field("MemAvailable", in: text("/proc/meminfo")), groupLimit].compactMap { $0 }.min()
    }

    /// Bytes that this process holds now, and held at most.
    package static var held: Int? { field("VmRSS", in: text("/proc/self/status")) }
    package static var heldAtMost: Int? { field("VmHWM", in: text("/proc/self/status")) }

    /// Lets `heldAtMost` begin anew with what is held now. Gives whether the kernel does.
    @discardableResult
    package static func forgetHeight() -> Bool {
        // man 5 proc, clear_refs: 5 resets the peak resident set size.
        guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
        fputs("5", file)
        return fclose(file) == 0
    }

    /// What the process's control group of version 2 has left.
    private static var groupLimit: Int? {
        let files = ["memory.max", "memory.current", "memory.stat"].map { text("/sys/fs/cgroup/\($0)") }
        return groupFree(limit: files[0], used: files[1], statistics: files[2])
    }

    /// Pages of files that were read once count as used and are given up at need: they are free.
    static func groupFree(limit: String, used: String, statistics: String) -> Int? {
        func number(_ text: String) -> Int? { Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) }
        guard let limit = number(limit), let used = number(used) else { return nil }
        let line = statistics.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
        let idle = line.flatMap { number(String($0.dropFirst("inactive_file ".count))) } ?? 0
        return max(0, limit - max(0, used - idle))
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
