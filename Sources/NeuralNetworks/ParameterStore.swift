import Safetensors
import Tensors

/// Named parameters of a network: initialized from a seed, or strictly loaded from a file.
///
/// A parameter's name is its key in safetensors files. Its initial value derives from seed and name only, and
/// does not depend on the order in which layers are created.
package final class ParameterStore {
    private enum Source {
        case seed(UInt64)
        case file(SafetensorsFile, prefix: String)
        case names(SafetensorsFile, prefix: String)
        case copy(ParameterStore)
        case meta
        case partly(
            SafetensorsFile, prefix: String, fresh: [String], seed: UInt64,
            named: @Sendable (String) -> String)
    }

    package let device: Device
    private let source: Source
    /// Element type of loaded parameters; `nil` for the stored type.
    private let type: ElementType?
    /// Counts the network's operations; only used with meta tensors.
    package let tally: OperationCounter?
    private var byName: [String: Tensor] = [:]
    private var frozen: Set<String> = []
    /// Parameters that were copied from another network's file.
    package private(set) var taken = 0

    /// Creates a store with newly initialized parameters.
    package init(seed: UInt64, device: Device = .cpu) {
        source = .seed(seed)
        type = nil
        self.device = device
        tally = nil
    }

    /// Creates a store with the parameters of a file whose names begin with `prefix`.
    ///
    /// - Parameter type: element type after loading; `nil` for the stored type.
    package init(
        loading file: SafetensorsFile, prefix: String = "", type: ElementType? = nil, device: Device = .cpu
    ) {
        source = .file(file, prefix: prefix)
        self.type = type
        self.device = device
        tally = nil
    }

    /// Creates a store of meta tensors with the shapes in a file, to check without using memory whether the
    /// file fits a network.
    package init(comparing file: SafetensorsFile, prefix: String) {
        source = .names(file, prefix: prefix)
        type = nil
        device = .meta
        tally = nil
    }

    /// Creates a store of meta tensors: a network built on them has a size and, run on inputs of the device
    /// `outline` (meta tensors), an operation count. Uses no memory, independent of the network's size.
    package static func outline() -> ParameterStore { ParameterStore() }

    private init() {
        source = .meta
        type = nil
        device = .meta
        tally = OperationCounter()
    }

    /// Creates a store whose parameters are initialized as copies of another store's.
    package init(copying other: ParameterStore) {
        source = .copy(other)
        type = nil
        device = other.device
        tally = nil
    }

    /// Creates a store with the parameters of a file whose names begin with `prefix`, where they exist, and
    /// newly initialized ones elsewhere and below the prefixes `fresh`.
    package init(
        seed: UInt64, takingFrom file: SafetensorsFile, prefix: String, fresh: [String],
        named: @escaping @Sendable (String) -> String = { $0 }, device: Device = .cpu
    ) {
        source = .partly(file, prefix: prefix, fresh: fresh, seed: seed, named: named)
        type = .float32
        self.device = device
        tally = nil
    }

    /// Restores all parameters from a file.
    ///
    /// - Throws: `TensorError` (`mismatch`) with the name of a missing parameter.
    package func restore(from file: SafetensorsFile, prefix: String = "") throws {
        try withoutGradient {
            for (name, tensor) in byName {
                try tensor.assign(stored(prefix + name, shape: tensor.shape, in: file))
            }
        }
    }

    /// Names in alphabetical order.
    package var names: [String] { byName.keys.sorted() }

    /// Parameters, ordered by name.
    package var tensors: [Tensor] { names.compactMap { byName[$0] } }

    package subscript(name: String) -> Tensor? { byName[name] }

    /// Total number of parameter values.
    package var count: Int { byName.values.reduce(0) { $0 + $1.count } }

    /// Marks all parameters as trainable, except those of frozen parts.
    ///
    /// - Parameter prefixes: parameter name prefixes, such as `encoder` or `decoders.a`.
    /// - Throws: `TensorError` (`mismatch`) if no parameter has one of the prefixes.
    package func requireGradients(frozen prefixes: [String] = []) throws {
        for prefix in prefixes where !names.contains(where: { Self.lies($0, below: prefix) }) {
            throw TensorError(.mismatch, "There is no parameter below '\(prefix)': \(places)")
        }
        frozen = Set(names.filter { name in prefixes.contains { Self.lies(name, below: $0) } })
        guard frozen.count < byName.count else {
            throw TensorError(.mismatch, "With all parameters frozen nothing is left to train")
        }
        for (name, tensor) in byName { try tensor.requireGradient(!frozen.contains(name)) }
    }

    /// Runs a function whose gradients flow through the parameters to its inputs, without accumulating
    /// parameter gradients.
    package func withFrozenParameters<Result>(_ body: () throws -> Result) throws -> Result {
        let trained = trainedTensors
        for tensor in trained { try tensor.requireGradient(false) }
        defer { for tensor in trained { try? tensor.requireGradient() } }
        return try body()
    }

    /// Trainable parameters, ordered by name.
    package var trainedNames: [String] { names.filter { !frozen.contains($0) } }
    package var trainedTensors: [Tensor] { trainedNames.compactMap { byName[$0] } }

    /// The first two levels of the name hierarchy as text, for errors.
    package var places: String {
        let known = Set(names.map { $0.split(separator: ".").dropLast().prefix(2).joined(separator: ".") })
        return "there are \(known.sorted().joined(separator: ", "))"
    }

    /// Whether a parameter's name is below a prefix.
    package static func lies(_ name: String, below prefix: String) -> Bool {
        name == prefix || name.hasPrefix(prefix + ".")
    }

    /// To be called after the network was built: throws if the file contains parameters that the network did
    /// not declare.
    /// network's.
    package func checkNothingLeft() throws {
        let (file, prefix): (SafetensorsFile, String)
        switch source {
        case .file(let source, let start), .names(let source, let start): (file, prefix) = (source, start)
        default: return
        }
        let extra = file.names.filter {
            $0.hasPrefix(prefix) && byName[String($0.dropFirst(prefix.count))] == nil
        }
        guard extra.isEmpty else {
            throw TensorError(
                .mismatch,
                "\(file.url.path) holds parameters that this network does not have: \(extra.prefix(4).joined(separator: ", "))"
            )
        }
    }

    func parameter(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard byName[name] == nil else {
            throw TensorError(.mismatch, "two parameters are called '\(name)'")
        }
        var tensor = try first(name, shape: shape, initial: initial)
        if shape.count == 4 { tensor = try tensor.channelsLast() }
        byName[name] = tensor
        return tensor
    }

    /// Initial value of a parameter.
    private func first(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        switch source {
        case .seed(let seed):
            return try fresh(name, shape: shape, initial: initial, seed: seed)
        case .meta:
            return try Tensor(repeating: 0, shape: shape, device: device)
        case .partly(let file, let prefix, let places, let seed, let named):
            let other = prefix + named(name)
            let isFresh = places.contains { Self.lies(name, below: $0) } || !file.contains(other)
            guard !isFresh else { return try fresh(name, shape: shape, initial: initial, seed: seed) }
            let tensor = try stored(other, shape: shape, in: file)
            taken += 1
            return tensor
        case .file(let file, let prefix):
            return try stored(prefix + name, shape: shape, in: file)
        case .names(let file, let prefix):
            try Self.check(prefix + name, shape: shape, in: file)
            return try Tensor(repeating: 0, shape: shape, device: device)
        case .copy(let other):
            guard let tensor = other[name], tensor.shape == shape else {
                throw TensorError(.mismatch, "the network that is copied has no '\(name)' of shape \(shape)")
            }
            return try tensor.copied()
        }
    }

    private func fresh(_ name: String, shape: [Int], initial: InitialValue, seed: UInt64) throws -> Tensor {
        var numbers = RandomNumbers(seed: seed, name: name)
        return try Tensor(initial.values(shape: shape, numbers: &numbers), shape: shape, device: device)
    }

    private func stored(_ key: String, shape: [Int], in file: SafetensorsFile) throws -> Tensor {
        try Self.check(key, shape: shape, in: file)
        try file.requireNumbers(key, upTo: Self.greatest)
        let tensor = try Tensor(key, in: file, device: device)
        guard let type, tensor.elementType != type else { return tensor }
        return try tensor.to(type)
    }

    /// Upper bound of valid parameter values; larger ones lead to non-finite results.
    static let greatest = 1e6

    private static func check(_ key: String, shape: [Int], in file: SafetensorsFile) throws {
        guard file.contains(key) else {
            throw TensorError(.mismatch, "\(file.url.path) lacks the parameter '\(key)'")
        }
        let entry = try file.entry(key)
        guard entry.shape == shape else {
            throw TensorError(
                .mismatch, "'\(key)' in \(file.url.path) has the shape \(entry.shape), not \(shape)")
        }
        guard entry.type.isFloating else {
            throw TensorError(
                .mismatch,
                "'\(key)' in \(file.url.path) is \(entry.type.rawValue), not a floating-point array")
        }
    }
}

/// A scope in the hierarchy of parameter names, in which a layer declares its parameters.
package struct Scope {
    package let store: ParameterStore
    package let path: String

    package init(_ store: ParameterStore, path: String = "") {
        self.store = store
        self.path = path
    }

    /// The scope `name` inside this one.
    package static func / (scope: Scope, name: String) -> Scope {
        Scope(scope.store, path: scope.path.isEmpty ? name : "\(scope.path).\(name)")
    }

    /// Declares a parameter in this scope.
    package func parameter(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        try store.parameter((self / name).path, shape: shape, initial: initial)
    }
}
