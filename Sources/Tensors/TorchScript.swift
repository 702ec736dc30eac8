import CTorch
import Files
import Foundation

/// Functions over tensors as TorchScript files, which PyTorch and LibTorch run without this program.
package enum TorchScript {
    /// Runs a function once and writes down what it did, with the numbers that it used.
    ///
    /// Whatever Swift reads off the inputs, such as a count of faces, is written down as the number it was.
    ///
    /// - Parameters:
    ///   - inputs: examples, by the names of the arguments; none may want gradients.
    ///   - url: the file to write; what was there is replaced only when the new one is whole.
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

    /// Runs the module of a file.
    package static func run(_ url: URL, _ inputs: [Tensor], device: Device) throws -> [Tensor] {
        let handles: [CTTensor?] = inputs.map(\.handle)
        return try TensorFunction.results {
            ct_run_script(url.path, device.raw, handles, Int32(handles.count), $0, $1, $2, $3)
        }
    }
}
