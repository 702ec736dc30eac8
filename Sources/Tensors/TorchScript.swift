import CTorch
import Files
import Foundation

/// Export to and execution of TorchScript files, which PyTorch and LibTorch run without this program.
package enum TorchScript {
    /// Traces a function and saves it as a TorchScript module, including the tensors that it uses.
    ///
    /// Values that Swift reads from the inputs, such as the batch size, become constants of the module.
    ///
    /// - Parameters:
    ///   - inputs: example inputs, with the names of the arguments; none may require gradients.
    ///   - url: the file to write; an existing file is replaced only when the new one is complete.
    package static func write(
        _ inputs: [(name: String, tensor: Tensor)], to url: URL,
        tracing body: @escaping ([Tensor]) throws -> [Tensor]
    ) throws {
        let handles: [CTTensor?] = inputs.map(\.tensor.handle)
        let names: [UnsafeMutablePointer<CChar>?] = inputs.map { strdup($0.name) }
        defer { names.forEach { free($0) } }
        let file = try DurableFile(replacing: url)
        try Engine.call {
            ct_trace(
                handles, names.map { UnsafePointer($0) }, Int32(handles.count), TensorFunction.raw(body),
                file.temporary.path,
                $0)
        }
        try file.commit()
    }

    /// Loads a module from a file and runs it.
    package static func run(_ url: URL, _ inputs: [Tensor], device: Device) throws -> [Tensor] {
        let handles: [CTTensor?] = inputs.map(\.handle)
        return try TensorFunction.results {
            ct_run_script(url.path, device.raw, handles, Int32(handles.count), $0, $1, $2, $3)
        }
    }
}
