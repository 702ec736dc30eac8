import Tensors

/// One operation of a graph with its parameters, ready to run.
enum GraphStep {
    case convolution(weight: Tensor, bias: Tensor?, stride: Extent, padding: Extent, groups: Int)
    /// Windows without overlap.
    case transposedConvolution(weight: Tensor, bias: Tensor?, stride: Extent)
    case linear(weight: Tensor, bias: Tensor?, flatten: Bool)
    case slope(Tensor)
    case unary((Tensor) throws -> Tensor)
    case binary((Tensor, Tensor) throws -> Tensor)
    case withConstant((Tensor, Tensor) throws -> Tensor, Tensor)
    case maximumPool(kernel: Extent, stride: Extent, padding: Extent)

    /// - Parameter array: returns the file's array by name; convolution weights are channels-last.
    /// - Returns: `nil` if the operation is unknown or lacks a setting.
    init?(_ operation: GraphListing.Operation, array: (String) throws -> Tensor) throws {
        func extent(_ lengths: [Int]?) -> Extent? {
            lengths.flatMap { $0.count == 2 ? Extent($0[0], $0[1]) : nil }
        }
        let weight = try operation.weight.map(array)
        let bias = try operation.bias.map(array)
        let constant = try operation.constant.map(array)
        switch operation.op {
        case "conv2d":
            guard let weight, let stride = extent(operation.stride), let padding = extent(operation.padding),
                let groups = operation.groups
            else { return nil }
            self = .convolution(
                weight: weight, bias: bias, stride: stride, padding: padding, groups: groups)
        case "conv_transpose2d":
            guard let weight, let stride = extent(operation.stride) else { return nil }
            self = .transposedConvolution(weight: weight, bias: bias, stride: stride)
        case "linear":
            guard let weight else { return nil }
            self = .linear(weight: weight, bias: bias, flatten: operation.flatten ?? false)
        case "prelu":
            guard let weight else { return nil }
            self = .slope(weight)
        case "max_pool2d":
            guard let kernel = extent(operation.kernel), let stride = extent(operation.stride),
                let padding = extent(operation.padding)
            else { return nil }
            self = .maximumPool(kernel: kernel, stride: stride, padding: padding)
        case "prepend":
            guard let constant, let axis = operation.axis else { return nil }
            self = .withConstant({ try concatenated([$1, $0], axis: axis) }, constant)
        default:
            if let function = Self.arithmetic(operation.op) {
                self = constant.map { .withConstant(function, $0) } ?? .binary(function)
            } else if let function = Self.function(operation) {
                self = .unary(function)
            } else {
                return nil
            }
        }
    }

    func callAsFunction(_ inputs: [Tensor]) throws -> Tensor {
        let x = inputs[0]
        switch self {
        case .convolution(let weight, let bias, let stride, let padding, let groups):
            return try conv2d(
                x, weight: weight, bias: bias, stride: stride, padding: padding, groups: groups)
        case .transposedConvolution(let weight, let bias, let stride):
            return try convTranspose2d(x, weight: weight, bias: bias, stride: stride)
        case .linear(let weight, let bias, let flatten):
            return try Tensors.linear(flatten ? x.flattened() : x, weight: weight, bias: bias)
        case .slope(let slope): return try prelu(x, slope: slope)
        case .unary(let function): return try function(x)
        case .binary(let function): return try function(x, inputs[1])
        case .withConstant(let function, let constant): return try function(x, constant)
        case .maximumPool(let kernel, let stride, let padding):
            return try maxPool2d(x, kernel: kernel, stride: stride, padding: padding)
        }
    }

    /// Number of inputs of the operation.
    var arity: Int {
        if case .binary = self { 2 } else { 1 }
    }

    private static func arithmetic(_ name: String) -> ((Tensor, Tensor) throws -> Tensor)? {
        switch name {
        case "add": { try $0 + $1 }
        case "sub": { try $0 - $1 }
        case "mul": { try $0 * $1 }
        case "div": { try $0 / $1 }
        case "squared_difference": { try ($0 - $1).squared() }
        default: nil
        }
    }

    private static func function(_ operation: GraphListing.Operation) -> ((Tensor) throws -> Tensor)? {
        switch (operation.op, operation) {
        case ("relu", _): { try relu($0) }
        case ("sigmoid", _): { try sigmoid($0) }
        case ("hardswish", _): { try hardSwish($0) }
        case ("neg", _): { try $0.negated() }
        case ("sqrt", _): { try $0.squareRoot() }
        case ("rsqrt", _): { try $0.reciprocalSquareRoot() }
        default: shaping(operation)
        }
    }

    private static func shaping(_ operation: GraphListing.Operation) -> ((Tensor) throws -> Tensor)? {
        switch operation.op {
        case "mean":
            return operation.axes.map { axes in { try $0.mean(axes, keep: true) } }
        case "sum":
            // Over one axis only.
            guard let axis = operation.axes?.first, operation.axes?.count == 1 else { return nil }
            return { try $0.sum(axis, keep: true) }
        case "pad": return operation.amounts.map { amounts in { try $0.padded(amounts) } }
        case "permute": return operation.order.map { order in { try $0.permuted(order) } }
        case "reshape": return operation.shape.map { shape in { try $0.reshaped(shape) } }
        case "slice":
            guard let axis = operation.axis, let start = operation.start, let end = operation.end,
                start <= end
            else { return nil }
            return { try $0.slice(start..<end, axis: axis) }
        case "upsample_nearest":
            guard let factor = operation.factor else { return nil }
            return {
                let shape = $0.shape
                return try resizedNearest($0, height: shape[2] * factor, width: shape[3] * factor)
            }
        case "upsample_bilinear":
            guard let factor = operation.factor else { return nil }
            return {
                let shape = $0.shape
                return try resizedBilinear($0, height: shape[2] * factor, width: shape[3] * factor)
            }
        default: return nil
        }
    }
}
