import Tensors

/// How much of the device's memory the face sets may take; larger sets stay in their mapped file.
enum SetMemory {
    /// A quarter of what is free, in bytes; everything where nobody knows.
    static func limit(on device: Device) throws -> Int {
        let free = device == .cpu ? MainMemory.available : try device.freeMemory()
        return free.map { $0 / 4 } ?? .max
    }
}
