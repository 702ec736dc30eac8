import Tensors

/// Host values that a training step needs on the device, copied there at once: one copy per element type.
///
/// Values are added while the random numbers of the step are drawn, before any tensor operation. Each copy from pageable
/// host memory makes a GPU wait for the host, so that a step makes at most two.
struct StepBuffer {
    /// A place in the buffer, and the shape of the tensor that it becomes.
    struct Slot {
        fileprivate let range: Range<Int>
        fileprivate let shape: [Int]
    }

    private var floats: [Float] = []
    private var indices: [Int64] = []

    mutating func add(_ values: [Float], shape: [Int]) -> Slot {
        precondition(values.count == shape.reduce(1, *), "the number of values must match the shape")
        defer { floats += values }
        return Slot(range: floats.count..<floats.count + values.count, shape: shape)
    }

    /// Row indices, for `indexSelect`.
    mutating func add(indices values: some Collection<Int>) -> IndexSlot {
        defer { indices += values.map(Int64.init) }
        return IndexSlot(range: indices.count..<indices.count + values.count)
    }

    /// A range of row indices in the buffer.
    struct IndexSlot {
        fileprivate let range: Range<Int>
    }

    /// Copies all values to the device.
    func uploaded(to device: Device) throws -> Uploaded {
        Uploaded(
            floats: floats.isEmpty ? nil : try Tensor(floats, shape: [floats.count], device: device),
            indices: indices.isEmpty ? nil : try Tensor(indices, shape: [indices.count], device: device))
    }

    /// The buffer on the device.
    struct Uploaded {
        fileprivate let floats: Tensor?
        fileprivate let indices: Tensor?

        /// The slot's tensor: a view of the buffer.
        func callAsFunction(_ slot: Slot) throws -> Tensor {
            try view(of: floats, slot.range).reshaped(slot.shape)
        }

        /// `[N]` i64.
        func callAsFunction(_ slot: IndexSlot) throws -> Tensor { try view(of: indices, slot.range) }

        private func view(of buffer: Tensor?, _ range: Range<Int>) throws -> Tensor {
            guard let buffer else {
                throw TensorError(.invalidOperation, "a slot of another step's buffer was read")
            }
            return try buffer.slice(range, axis: 0)
        }
    }
}
