import Foundation
import Tensors

/// How much of the device's memory the face sets may take; larger sets stay in their mapped file.
enum SetMemory {
    /// A quarter of what is free, in bytes; everything where nobody knows.
    static func limit(on device: Device) throws -> Int {
        let free = device == .cpu ? hostMemory() : try device.freeMemory()
        return free.map { $0 / 4 } ?? .max
    }

    /// What Linux could give to programs without swapping, in bytes.
    private static func hostMemory() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kilobytes * 1024
    }
}
