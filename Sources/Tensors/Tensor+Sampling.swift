import CTorch

/// Nearest-neighbour resize. Shapes: `[N, C, H, W]` → `[N, C, height, width]`.
package func resizedNearest(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
    try Engine.tensor { ct_resize_nearest(x.handle, Int64(height), Int64(width), $0, $1) }
}

/// Bilinear resize. With `alignCorners` the centres of the corner samples are aligned; otherwise their outer edges.
package func resizedBilinear(_ x: Tensor, height: Int, width: Int, alignCorners: Bool = false) throws
    -> Tensor
{
    try Engine.tensor { ct_resize_bilinear(x.handle, Int64(height), Int64(width), alignCorners, $0, $1) }
}

/// Sampling grid of affine transforms from output to input coordinates, both −1…1 from edge to edge.
///
/// Shapes: theta `[N, 2, 3]` → `[N, height, width, 2]`, x first.
package func affineGrid(_ theta: Tensor, height: Int, width: Int) throws -> Tensor {
    try Engine.tensor { ct_affine_grid(theta.handle, Int64(height), Int64(width), $0, $1) }
}

/// Value of samples outside the picture (PyTorch's `padding_mode`).
package enum Outside: Sendable {
    case zeros
    case nearestEdge
}

/// Bilinear samples of x at the grid's positions (−1…1 from edge to edge).
///
/// Shapes: x `[N, C, H, W]`, grid `[N, h, w, 2]` → `[N, C, h, w]`.
package func gridSample(_ x: Tensor, grid: Tensor, outside: Outside) throws -> Tensor {
    try Engine.tensor { ct_grid_sample(x.handle, grid.handle, outside == .nearestEdge, $0, $1) }
}
