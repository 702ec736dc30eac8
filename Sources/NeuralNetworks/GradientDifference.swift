import Tensors

/// Difference of the image gradients of two pictures at every position: |∂x(a − b)| + |∂y(a − b)|, as forward
/// differences to the right and below; 0 at the last column and row.
///
/// Based on the gradient difference loss of Mathieu, Couprie and LeCun (2016, equation 6), which compares
/// absolute gradients; here the sign is kept, so that an edge from dark to light differs from one from light
/// to dark. Blurred edges increase the loss.
///
/// Shapes: `[N, C, H, W]` twice → `[N, C, H, W]`.
package func gradientDifference(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let difference = try a - b
    let (height, width) = (difference.shape[2], difference.shape[3])
    let across = try difference.slice(1..<width, axis: 3) - difference.slice(0..<width - 1, axis: 3)
    let down = try difference.slice(1..<height, axis: 2) - difference.slice(0..<height - 1, axis: 2)
    return try across.absolute().padded([0, 1]) + down.absolute().padded([0, 0, 0, 1])
}
