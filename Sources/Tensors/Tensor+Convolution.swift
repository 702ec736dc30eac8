import CTorch

/// A size on both axes of a picture, height first.
package struct Extent: Sendable, Hashable, ExpressibleByIntegerLiteral {
    package var height: Int
    package var width: Int

    package init(_ height: Int, _ width: Int) {
        self.height = height
        self.width = width
    }

    package init(_ side: Int) { self.init(side, side) }
    package init(integerLiteral side: Int) { self.init(side) }

    var raw: [Int64] { [Int64(height), Int64(width)] }
}

/// Cross-correlation with zero padding. Shapes: x `[N, I, H, W]`, weight `[O, I/groups, kh, kw]`, bias `[O]`.
package func conv2d(
    _ x: Tensor, weight: Tensor, bias: Tensor?, stride: Extent = 1, padding: Extent = 0, dilation: Extent = 1,
    groups: Int = 1
) throws -> Tensor {
    try Engine.tensor {
        ct_conv2d(
            x.handle, weight.handle, bias?.handle, stride.raw, padding.raw, dilation.raw, Int64(groups), $0,
            $1)
    }
}

/// Transposed convolution. Shapes: x `[N, I, H, W]`, weight `[I, O, kh, kw]`.
package func convTranspose2d(
    _ x: Tensor, weight: Tensor, bias: Tensor?, stride: Extent = 1, padding: Extent = 0
) throws -> Tensor {
    try Engine.tensor {
        ct_conv_transpose2d(x.handle, weight.handle, bias?.handle, stride.raw, padding.raw, $0, $1)
    }
}

/// Group normalisation: mean 0 and variance 1 per sample and group of channels, then a scale and shift per channel.
package func groupNorm(
    _ x: Tensor, groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5
) throws -> Tensor {
    try Engine.tensor {
        ct_group_norm(x.handle, Int64(groups), weight?.handle, bias?.handle, epsilon, $0, $1)
    }
}

package func maxPool2d(_ x: Tensor, kernel: Extent, stride: Extent, padding: Extent = 0) throws -> Tensor {
    try Engine.tensor { ct_max_pool2d(x.handle, kernel.raw, stride.raw, padding.raw, $0, $1) }
}

package func averagePool2d(_ x: Tensor, kernel: Extent, stride: Extent) throws -> Tensor {
    try Engine.tensor { ct_avg_pool2d(x.handle, kernel.raw, stride.raw, $0, $1) }
}
