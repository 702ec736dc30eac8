/// A network as a list of operations over named values, as `Scripts/weights/graph.py` writes it into the metadata of a
/// safetensors file.
struct GraphListing: Decodable {
    var inputs: [String]
    /// Names of the outputs and of their values.
    var outputs: [String: String]
    var operations: [Operation]

    /// One operation. `weight`, `bias` and `constant` name arrays of the file; the other settings depend on `op`.
    struct Operation: Decodable {
        var op: String
        var inputs: [String]
        var out: String
        var weight: String?
        var bias: String?
        var constant: String?
        var stride: [Int]?
        var padding: [Int]?
        var kernel: [Int]?
        var groups: Int?
        var flatten: Bool?
        var factor: Int?
        /// Padding from the last axis on: before, after, before, after, …
        var amounts: [Int]?
        var axes: [Int]?
        var axis: Int?
        var start: Int?
        var end: Int?
        var order: [Int]?
        var shape: [Int]?

        enum CodingKeys: String, CodingKey {
            case inputs = "in"
            case op, out, weight, bias, constant, stride, padding, kernel, groups, flatten, factor, amounts
            case axes, axis, start, end, order, shape
        }
    }
}
