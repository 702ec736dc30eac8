import CTorch

/// The device on which tensors are stored and computed.
package enum Device: Sendable, Hashable, CustomStringConvertible {
    case cpu
    case cuda(Int)
    case mps
    /// PyTorch's meta device: tensors have shapes but no data, and operations cost nothing. Used to compute a network's size.
    case meta

    /// The first CUDA device, else Apple's, else the CPU.
    package static func best() throws -> Device {
        if try Device.cuda(0).count() > 0 { return .cuda(0) }
        if try Device.mps.count() > 0 { return .mps }
        return .cpu
    }

    /// The device with the given name: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`. Throws `deviceMissing` if it does not exist.
    package static func named(_ name: String) throws -> Device {
        let parts = name.lowercased().split(separator: ":", maxSplits: 1)
        let index = parts.count > 1 ? Int(parts[1]) : 0
        let device: Device
        switch (parts.first, index) {
        case ("auto", _): return try best()
        case ("cpu", _): return .cpu
        case ("cuda", let index?): device = .cuda(index)
        case ("mps", _): device = .mps
        default:
            throw TensorError(
                .deviceMissing, "Unknown device '\(name)'; use auto, cpu, cuda, cuda:N or mps.")
        }
        let available = try device.count()
        guard available > (device == .mps ? 0 : index ?? 0) else {
            throw TensorError(
                .deviceMissing,
                "Device '\(name)' is not available (LibTorch found \(available) of its kind); "
                    + "use --device cpu or auto.")
        }
        return device
    }

    /// Number of devices of this kind.
    package func count() throws -> Int {
        var count: Int32 = 0
        try Engine.call { ct_device_count(raw, &count, $0) }
        return Int(count)
    }

    /// Free memory of the device in bytes; `nil` if unknown (CPU, MPS).
    package func freeMemory() throws -> Int? {
        var bytes: Int64 = -1
        try Engine.call { ct_free_memory(raw, &bytes, $0) }
        return bytes < 0 ? nil : Int(bytes)
    }

    /// Waits until all operations queued on the device have finished.
    package func synchronize() throws { try Engine.call { ct_synchronize(raw, $0) } }

    package var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .mps: "mps"
        case .meta: "meta"
        }
    }

    var raw: CTDevice {
        switch self {
        case .cpu: CTDevice(kind: 0, index: 0)
        case .cuda(let index): CTDevice(kind: 1, index: Int32(index))
        case .mps: CTDevice(kind: 2, index: 0)
        case .meta: CTDevice(kind: 3, index: 0)
        }
    }

    init(_ raw: CTDevice) {
        switch raw.kind {
        case 1: self = .cuda(Int(raw.index))
        case 2: self = .mps
        case 3: self = .meta
        default: self = .cpu
        }
    }
}
