import Foundation

/// What a training will take, from a few steps that were measured.
package struct Forecast: Sendable, Codable, Equatable {
    package var stepsPerSecond: Double
    /// Bytes of main memory that the process needs at its height.
    package var memory: Int

    package init(stepsPerSecond: Double, memory: Int) {
        (self.stepsPerSecond, self.memory) = (stepsPerSecond, memory)
    }

    /// Steps that fit into a time, and seconds that steps take. Looks at the model now and then take a few per cent more.
    package func steps(in seconds: Double) -> Int { Int(stepsPerSecond * seconds) }
    package func seconds(for steps: Int) -> Double { Double(steps) / max(1e-9, stepsPerSecond) }

    /// The forecast in words, such as "about 6.8 steps/s, 820 steps in 2 minutes, 1.3 GB of memory".
    ///
    /// - Parameter done: iterations and seconds that the model has been trained already.
    package func sentence(
        _ stop: StopRule, done: (iterations: Int, seconds: Double) = (0, 0)
    ) -> String {
        var parts = [
            String(format: stepsPerSecond < 10 ? "about %.1f steps/s" : "about %.0f steps/s", stepsPerSecond)
        ]
        let byTime = stop.minutes.map { max(0, $0 * 60 - done.seconds) }
        let byCount = stop.iterations.map { seconds(for: max(0, $0 - done.iterations)) }
        if let seconds = [byTime, byCount].compactMap({ $0 }).min() {
            parts.append("\(Self.rounded(steps(in: seconds + 1e-6))) steps in \(Trend.words(seconds))")
        }
        parts.append("\(Self.bytes(memory)) of memory")
        return parts.joined(separator: ", ")
    }

    /// Refuses what the machine has no memory for: an error that says what would help.
    ///
    /// - Parameter available: bytes that are free for this process beside what it holds already; nil where nobody knows.
    package static func check(further need: Int, available: Int?) throws {
        guard let available, need > available else { return }
        throw TrainingError(
            .tooLittleMemory,
            "training needs \(bytes(need)) of memory more and \(bytes(available)) are free: close other programs, or take a "
                + "smaller network, a smaller batch or fewer faces")
    }

    /// Two significant digits: a forecast knows no more.
    static func rounded(_ count: Int) -> Int {
        guard count >= 100 else { return count }
        let power = pow(10, floor(log10(Double(count))) - 1)
        return Int((Double(count) / power).rounded() * power)
    }

    static func bytes(_ count: Int) -> String {
        count < 1_000_000_000
            ? "\(Int((Double(count) / 1e6).rounded())) MB" : String(format: "%.1f GB", Double(count) / 1e9)
    }
}

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
