import Tensors

/// Device memory that the face sets may use; larger sets stay memory-mapped.
enum SetMemory {
    /// A quarter of the free memory, in bytes; unlimited if it is unknown.
    static func limit(on device: Device) throws -> Int {
        let free = device == .cpu ? MainMemory.available : try device.freeMemory()
        return free.map { $0 / 4 } ?? .max
    }
}
