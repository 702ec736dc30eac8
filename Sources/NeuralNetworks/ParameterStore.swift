import Safetensors
import Tensors

/// The named parameters of a network: made afresh from a seed, or loaded from a file without tolerance.
///
/// A parameter's name is its key in safetensors files, and its first value derives from seed and name alone,
/// so that the order in which layers are made does not matter.
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
    /// What parameters of a file become; nil for as they are stored.
    private let type: ElementType?
    /// Counts what the network does; on the meta device only.
    package let tally: OperationCounter?
    private var byName: [String: Tensor] = [:]
    private var frozen: Set<String> = []
    /// Parameters that another network's file gave.
    package private(set) var taken = 0

    /// Fresh parameters.
    package init(seed: UInt64, device: Device = .cpu) {
        source = .seed(seed)
        type = nil
        self.device = device
        tally = nil
    }

    /// Parameters of a file whose names begin with `prefix`.
    ///
    /// - Parameter type: what they become; nil for as they are stored.
    package init(
        loading file: SafetensorsFile, prefix: String = "", type: ElementType? = nil, device: Device = .cpu
    ) {
        source = .file(file, prefix: prefix)
        self.type = type
        self.device = device
        tally = nil
    }

    /// Parameters that have the shapes of a file's and no content: tells whether the file fits a network, in no memory.
    package init(comparing file: SafetensorsFile, prefix: String) {
        source = .names(file, prefix: prefix)
        type = nil
        device = .meta
        tally = nil
    }

    /// Parameters on the meta device (shapes without data): gives the size of a network built on them and, run on tensors
    /// of the device `meta`, its number of operations. Needs no memory, however large the network is.
    package static func meta() -> ParameterStore { ParameterStore() }

    private init() {
        source = .meta
        type = nil
        device = .meta
        tally = OperationCounter()
    }

    /// Parameters that begin as copies of another store's.
    package init(copying other: ParameterStore) {
        source = .copy(other)
        type = nil
        device = other.device
        tally = nil
    }

    /// Parameters of a file whose names begin with `prefix`, where it has them, and fresh ones elsewhere and below
    /// the places `fresh`.
    package init(
        seed: UInt64, takingFrom file: SafetensorsFile, prefix: String, fresh: [String],
        named: @escaping @Sendable (String) -> String = { $0 }, device: Device = .cpu
    ) {
        source = .partly(file, prefix: prefix, fresh: fresh, seed: seed, named: named)
        type = .float32
        self.device = device
        tally = nil
    }

    /// Takes all parameters back to what a file holds of them.
    ///
    /// - Throws: `TensorError` (`mismatch`) that names what the file lacks.
    package func restore(from file: SafetensorsFile, prefix: String = "") throws {
        try withoutGradient {
            for (name, tensor) in byName {
                try tensor.assign(stored(prefix + name, shape: tensor.shape, in: file))
            }
        }
    }

    /// Names in alphabetical order.
    package var names: [String] { byName.keys.sorted() }

    /// Parameters in the order of their names.
    package var tensors: [Tensor] { names.compactMap { byName[$0] } }

    package subscript(name: String) -> Tensor? { byName[name] }

    /// Numbers in all parameters together.
    package var count: Int { byName.values.reduce(0) { $0 + $1.count } }

    /// Marks every parameter as one to be trained, but for those of frozen parts.
    ///
    /// - Parameter prefixes: places in the tree of names, such as `encoder` or `decoders.a`.
    /// - Throws: `TensorError` (`mismatch`) that names a place where no parameter is.
    package func requireGradients(frozen prefixes: [String] = []) throws {
        for prefix in prefixes where !names.contains(where: { Self.lies($0, below: prefix) }) {
            throw TensorError(.mismatch, "No parameter lies below '\(prefix)': \(places)")
        }
        frozen = Set(names.filter { name in prefixes.contains { Self.lies(name, below: $0) } })
        guard frozen.count < byName.count else {
            throw TensorError(.mismatch, "With all parameters frozen nothing is left to train")
        }
        for (name, tensor) in byName { try tensor.requireGradient(!frozen.contains(name)) }
    }

    /// Does something whose gradients flow through the parameters to where they come from, and leave none in them.
    package func withFrozenParameters<Result>(_ body: () throws -> Result) throws -> Result {
        let trained = trainedTensors
        for tensor in trained { try tensor.requireGradient(false) }
        defer { for tensor in trained { try? tensor.requireGradient() } }
        return try body()
    }

    /// Parameters that are not frozen, in the order of their names.
    package var trainedNames: [String] { names.filter { !frozen.contains($0) } }
    package var trainedTensors: [Tensor] { trainedNames.compactMap { byName[$0] } }

    /// The tree's first two levels in words, for errors.
    package var places: String {
        let known = Set(names.map { $0.split(separator: ".").dropLast().prefix(2).joined(separator: ".") })
        return "there are \(known.sorted().joined(separator: ", "))"
    }

    /// Whether a parameter is part of what lies at a place of the tree.
    package static func lies(_ name: String, below prefix: String) -> Bool {
        name == prefix || name.hasPrefix(prefix + ".")
    }

    /// To be called when the network is built: a file that holds more than the network asked for is another
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

    /// A parameter's first value.
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

    /// No network's parameters come near; what is computed with greater ones is not finite.
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

/// A place in a tree of named parameters, handed to a layer so that it can declare its own.
package struct Scope {
    package let store: ParameterStore
    package let path: String

    package init(_ store: ParameterStore, path: String = "") {
        self.store = store
        self.path = path
    }

    /// The place called `name` below this one.
    package static func / (scope: Scope, name: String) -> Scope {
        Scope(scope.store, path: scope.path.isEmpty ? name : "\(scope.path).\(name)")
    }

    /// Declares a parameter of this place.
    package func parameter(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        try store.parameter((self / name).path, shape: shape, initial: initial)
    }
}
