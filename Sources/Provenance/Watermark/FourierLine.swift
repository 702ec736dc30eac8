import Foundation

/// Discrete Fourier transform of a power-of-two length, over many columns at once, so that each step is vectorised
/// (Cooley and Tukey's radix-2 algorithm).
struct FourierLine: Sendable {
    let length: Int
    /// `cos` and `sin` of −2πk/length.
    private let turns: [SIMD2<Float>]
    private let reversed: [Int]

    init(length: Int) {
        precondition(length > 1 && length & (length - 1) == 0, "the length must be a power of two")
        self.length = length
        turns = (0..<length / 2).map { index in
            let angle = -2 * Double.pi * Double(index) / Double(length)
            return SIMD2(Float(cos(angle)), Float(sin(angle)))
        }
        reversed = (0..<length).map { index in
            (0..<length.trailingZeroBitCount).reduce(0) { $0 << 1 | index >> $1 & 1 }
        }
    }

    /// Transforms all columns of `length` rows of `width` vectors in place, unscaled.
    func transform(_ real: inout [SIMD8<Float>], _ imaginary: inout [SIMD8<Float>], width: Int) {
        for row in 0..<length where reversed[row] > row {
            for part in 0..<width {
                real.swapAt(row * width + part, reversed[row] * width + part)
                imaginary.swapAt(row * width + part, reversed[row] * width + part)
            }
        }
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                turns.withUnsafeBufferPointer { turns in
                    var half = 1
                    while half < length {
                        for start in stride(from: 0, to: length, by: 2 * half) {
                            for index in 0..<half {
                                let turn = turns[index * (length / 2 / half)]
                                let (c, s) = (turn.x, turn.y)
                                let (upper, lower) = ((start + index) * width, (start + index + half) * width)
                                for part in 0..<width {
                                    let (a, b) = (real[lower + part], imaginary[lower + part])
                                    let (x, y) = (a * c - b * s, a * s + b * c)
                                    real[lower + part] = real[upper + part] - x
                                    imaginary[lower + part] = imaginary[upper + part] - y
                                    real[upper + part] += x
                                    imaginary[upper + part] += y
                                }
                            }
                        }
                        half *= 2
                    }
                }
            }
        }
    }
}
