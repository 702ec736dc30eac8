import Pictures

extension Picture {
    /// Variance of the Laplacian of the luma (grey levels squared): low where the picture is blurred.
    ///
    /// Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy".
    var sharpness: Double {
        guard width > 2, height > 2 else { return 0 }
        var luma = [Int32](repeating: 0, count: width * height)
        for index in luma.indices {
            // Rec. 601 in 8 bits.
            luma[index] =
                (77 * Int32(pixels[3 * index]) + 150 * Int32(pixels[3 * index + 1]) + 29
                    * Int32(pixels[3 * index + 2])) >> 8
        }
        var (sum, squares) = (0.0, 0.0)
        for row in 1..<height - 1 {
            for column in 1..<width - 1 {
                let at = row * width + column
                let value = Double(
                    4 * luma[at] - luma[at - 1] - luma[at + 1] - luma[at - width] - luma[at + width])
                sum += value
                squares += value * value
            }
        }
        let count = Double((width - 2) * (height - 2))
        return squares / count - (sum / count) * (sum / count)
    }
}
