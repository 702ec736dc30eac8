import CTorch

extension Tensor {
    /// The same values in another shape; one length may be −1 (inferred).
    package func reshaped(_ shape: Int...) throws -> Tensor { try reshaped(shape) }

    package func reshaped(_ shape: [Int]) throws -> Tensor {
        let dimensions = shape.map(Int64.init)
        return try Engine.tensor { ct_reshape(handle, dimensions, Int32(dimensions.count), $0, $1) }
    }

    /// Flattens all axes but the first: `[N, …]` → `[N, M]`.
    package func flattened() throws -> Tensor { try Engine.tensor { ct_flatten(handle, 1, $0, $1) } }

    package func permuted(_ order: Int...) throws -> Tensor { try permuted(order) }

    package func permuted(_ order: [Int]) throws -> Tensor {
        let axes = order.map(Int64.init)
        return try Engine.tensor { ct_permute(handle, axes, Int32(axes.count), $0, $1) }
    }

    /// Broadcasts to a larger shape, without a copy.
    package func expanded(_ shape: Int...) throws -> Tensor {
        let dimensions = shape.map(Int64.init)
        return try Engine.tensor { ct_expand(handle, dimensions, Int32(dimensions.count), $0, $1) }
    }

    /// Every `step`th element of `start..<end` along an axis.
    package func slice(_ range: Range<Int>, axis: Int, step: Int = 1) throws -> Tensor {
        try Engine.tensor {
            ct_slice(
                handle, Int64(axis), Int64(range.lowerBound), Int64(range.upperBound), Int64(step), $0, $1)
        }
    }

    /// Splits an axis into parts of these lengths. The backward pass concatenates the gradients once; slices would each fill a
    /// tensor of the whole size.
    package func split(_ lengths: [Int], axis: Int) throws -> [Tensor] {
        let sizes = lengths.map(Int64.init)
        var parts = [CTTensor?](repeating: nil, count: lengths.count)
        try Engine.call { ct_split(handle, Int64(axis), sizes, Int32(sizes.count), &parts, $0) }
        return parts.compactMap { $0.map { Tensor(handle: $0) } }
    }

    /// Selected rows of the first axis, in order. For few rows that are known on the host: no index is copied to the device.
    package func rows(_ numbers: [Int]) throws -> Tensor {
        try concatenated(numbers.map { try slice($0..<$0 + 1, axis: 0) }, axis: 0)
    }

    /// Selects rows (or slices of another axis) by index; `index` is int32 or int64.
    package func indexSelect(_ index: Tensor, axis: Int = 0) throws -> Tensor {
        try Engine.tensor { ct_index_select(handle, Int64(axis), index.handle, $0, $1) }
    }

    /// Pads the last axes with `value`; amounts start at the last axis: left, right, top, bottom, …
    package func padded(_ amounts: [Int], value: Double = 0) throws -> Tensor {
        let amounts = amounts.map(Int64.init)
        return try Engine.tensor { ct_pad(handle, amounts, Int32(amounts.count), value, $0, $1) }
    }

    /// Pixel shuffle: `[N, C·f², H, W]` → `[N, C, H·f, W·f]`.
    package func pixelShuffled(_ factor: Int) throws -> Tensor {
        try Engine.tensor { ct_pixel_shuffle(handle, Int64(factor), $0, $1) }
    }

    /// Inverse of pixel shuffle: `[N, C, H·f, W·f]` → `[N, C·f², H, W]`.
    package func pixelUnshuffled(_ factor: Int) throws -> Tensor {
        try Engine.tensor { ct_pixel_unshuffle(handle, Int64(factor), $0, $1) }
    }

    /// Converts the element type, or copies to another device.
    package func to(_ type: ElementType? = nil, device: Device? = nil) throws -> Tensor {
        let type = (type ?? elementType).raw
        let place = (device ?? self.device).raw
        return try Engine.tensor { ct_to(handle, type, place, $0, $1) }
    }

    /// The same values `[N, C, H, W]` in channels-last memory format, in which convolutions are fastest.
    package func channelsLast() throws -> Tensor { try Engine.tensor { ct_contiguous(handle, true, $0, $1) } }

    package func contiguous() throws -> Tensor { try Engine.tensor { ct_contiguous(handle, false, $0, $1) } }

    /// Copies the values of `source` into this tensor; the shapes must be equal. Not recorded by autograd.
    package func assign(_ source: Tensor) throws { try Engine.call { ct_assign(handle, source.handle, $0) } }
}

/// Concatenates tensors along an axis.
package func concatenated(_ parts: [Tensor], axis: Int) throws -> Tensor {
    let handles: [CTTensor?] = parts.map(\.handle)
    return try Engine.tensor { ct_concatenate(handles, Int32(handles.count), Int64(axis), $0, $1) }
}
