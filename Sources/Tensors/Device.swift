import CTorch

/// Device of tensors and of their computation.
package enum Device: Sendable, Hashable, CustomStringConvertible {
    case cpu
    case cuda(Int)
    case mps
    /// Meta device: tensors have shapes but no data, and operations cost nothing. Used to determine a
    /// network's size and operation count.
    case outline

    /// The first CUDA device, else Apple's, else the CPU.
    package static func best() throws -> Device {
        if try Device.cuda(0).count() > 0 { return .cuda(0) }
        if try Device.mps.count() > 0 { return .mps }
        return .cpu
    }

    /// The device with a command-line name: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`. Throws if it is not
    /// available.
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
                .deviceMissing, "No device is called '\(name)'; there are auto, cpu, cuda, cuda:N and mps.")
        }
        let available = try device.count()
        guard available > (device == .mps ? 0 : index ?? 0) else {
            throw TensorError(
                .deviceMissing,
                "Device '\(name)' is not there (this LibTorch sees \(available) of its kind); take --device cpu or auto."
            )
        }
        return device
    }

    /// Number of available devices of this kind.
    package func count() throws -> Int {
        var count: Int32 = 0
        try Engine.call { ct_device_count(raw, &count, $0) }
        return Int(count)
    }

    /// Free bytes of the device's own memory; `nil` if the engine does not report it (the CPU, Apple's
    /// devices).
    package func freeMemory() throws -> Int? {
        var bytes: Int64 = -1
        try Engine.call { ct_free_memory(raw, &bytes, $0) }
        return bytes < 0 ? nil : Int(bytes)
    }

    /// Synchronises with the device: waits until all queued operations are complete.
    package func synchronize() throws { try Engine.call { ct_synchronize(raw, $0) } }

    package var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .mps: "mps"
        case .outline: "outline"
        }
    }

    var raw: CTDevice {
        switch self {
        case .cpu: CTDevice(kind: 0, index: 0)
        case .cuda(let index): CTDevice(kind: 1, index: Int32(index))
        case .mps: CTDevice(kind: 2, index: 0)
        case .outline: CTDevice(kind: 3, index: 0)
        }
    }

    init(_ raw: CTDevice) {
        switch raw.kind {
        case 1: self = .cuda(Int(raw.index))
        case 2: self = .mps
        case 3: self = .outline
        default: self = .cpu
        }
    }
}
