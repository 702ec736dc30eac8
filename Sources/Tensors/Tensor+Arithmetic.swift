import CTorch

// Elementwise operations; shapes broadcast as in NumPy.
extension Tensor {
    package static func + (a: Tensor, b: Tensor) throws -> Tensor {
        try Engine.tensor { ct_add(a.handle, b.handle, $0, $1) }
    }
    package static func - (a: Tensor, b: Tensor) throws -> Tensor {
        try Engine.tensor { ct_sub(a.handle, b.handle, $0, $1) }
    }
    package static func * (a: Tensor, b: Tensor) throws -> Tensor {
        try Engine.tensor { ct_mul(a.handle, b.handle, $0, $1) }
    }
    package static func / (a: Tensor, b: Tensor) throws -> Tensor {
        try Engine.tensor { ct_div(a.handle, b.handle, $0, $1) }
    }
    package static func + (a: Tensor, b: Double) throws -> Tensor {
        try Engine.tensor { ct_add_scalar(a.handle, b, $0, $1) }
    }
    package static func - (a: Tensor, b: Double) throws -> Tensor { try a + (-b) }
    package static func * (a: Tensor, b: Double) throws -> Tensor {
        try Engine.tensor { ct_mul_scalar(a.handle, b, $0, $1) }
    }
    package static func * (a: Double, b: Tensor) throws -> Tensor { try b * a }
    package static func / (a: Tensor, b: Double) throws -> Tensor { try a * (1 / b) }
    package static func - (a: Double, b: Tensor) throws -> Tensor { try b.negated() + a }

    package func negated() throws -> Tensor { try Engine.tensor { ct_neg(handle, $0, $1) } }
    package func absolute() throws -> Tensor { try Engine.tensor { ct_abs(handle, $0, $1) } }
    package func squared() throws -> Tensor { try Engine.tensor { ct_square(handle, $0, $1) } }
    package func squareRoot() throws -> Tensor { try Engine.tensor { ct_sqrt(handle, $0, $1) } }
    package func reciprocalSquareRoot() throws -> Tensor { try Engine.tensor { ct_rsqrt(handle, $0, $1) } }
    package func exponential() throws -> Tensor { try Engine.tensor { ct_exp(handle, $0, $1) } }
    package func cosine() throws -> Tensor { try Engine.tensor { ct_cos(handle, $0, $1) } }
    package func logarithm() throws -> Tensor { try Engine.tensor { ct_log(handle, $0, $1) } }
    package func clamped(_ range: ClosedRange<Double>) throws -> Tensor {
        try Engine.tensor { ct_clamp(handle, range.lowerBound, range.upperBound, $0, $1) }
    }
}

package func maximum(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try Engine.tensor { ct_maximum(a.handle, b.handle, $0, $1) }
}

package func minimum(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try Engine.tensor { ct_minimum(a.handle, b.handle, $0, $1) }
}
