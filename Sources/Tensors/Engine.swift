import CTorch
import Files
import Foundation

/// The engine's shared library: its location, its version and its settings.
package enum Engine {
    /// LibTorch's version.
    package static func version() throws -> String {
        var text: UnsafeMutablePointer<CChar>?
        try call { ct_version(&text, $0) }
        defer { ct_free(text) }
        return text.map { String(cString: $0) } ?? ""
    }

    /// Whether convolutions on the CPU run in oneDNN.
    package static func hasOneDNN() throws -> Bool {
        var has = false
        try call { ct_has_onednn(&has, $0) }
        return has
    }

    /// Tensors created minus tensors released by the calling thread; tests use it to detect leaks.
    package static func liveTensors() throws -> Int {
        var count: Int64 = 0
        try call { ct_live_handles(&count, $0) }
        return Int(count)
    }

    /// Copies of host values to a device (`Tensor(_:shape:device:)`) made by the calling thread.
    package static func hostCopies() throws -> Int {
        var count: Int64 = 0
        try call { ct_host_copies(&count, $0) }
        return Int(count)
    }

    /// Number of threads that an operation of the calling thread uses on the CPU.
    package static func threads() throws -> Int {
        var count: Int32 = 0
        try call { ct_thread_count(&count, $0) }
        return Int(count)
    }

    package static func setThreads(_ count: Int) throws {
        try call { ct_set_thread_count(Int32(count), $0) }
    }

    /// Runs `body` with the given number of CPU threads per operation on the calling thread; 0 changes nothing.
    package static func withThreads<Value>(_ count: Int, _ body: () throws -> Value) throws -> Value {
        // The query also makes LibTorch initialise the calling thread, which would otherwise undo the setting.
        let before = try threads()
        guard count > 0, count != before else { return try body() }
        try setThreads(count)
        defer { try? setThreads(before) }
        return try body()
    }

    /// Calls a C function of the engine and converts its status to an error.
    static func call(_ operation: (_ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CTStatus)
        throws
    {
        try load()
        var text: UnsafeMutablePointer<CChar>?
        let status = operation(&text)
        guard status != CTStatus(CT_OK) else { return }
        throw failure(status, text)
    }

    /// Calls a C function of the engine that returns a tensor.
    static func tensor(
        _ operation: (
            _ out: UnsafeMutablePointer<CTTensor?>,
            _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
        ) -> CTStatus
    ) throws -> Tensor {
        var handle: CTTensor?
        try call { operation(&handle, $0) }
        guard let handle else { throw TensorError(.invalidOperation, "the engine returned no tensor") }
        return Tensor(handle: handle)
    }

    private static func failure(_ status: CTStatus, _ text: UnsafeMutablePointer<CChar>?) -> TensorError {
        let message = text.map { String(cString: $0) } ?? "unknown failure"
        ct_free(text)
        switch Int(status) {
        case CT_OUT_OF_MEMORY: return TensorError(.outOfMemory, Self.shortage(message))
        case CT_NO_ENGINE where Self.isShortage(message):
            return TensorError(.outOfMemory, OutOfMemoryError("to load LibTorch (\(message))").description)
        case CT_NO_ENGINE: return TensorError(.engineMissing, message)
        default: return TensorError(.invalidOperation, message)
        }
    }

    /// The message for an allocation failure in LibTorch, without LibTorch's source locations.
    private static func shortage(_ message: String) -> String {
        guard let bytes = message.firstMatch(of: /tried to allocate ([0-9]+) bytes/).flatMap({ Double($0.1) })
        else {
            return "Out of memory: \(message)"
        }
        let size =
            bytes < 1e9 ? "\(Int((bytes / 1e6).rounded(.up))) MB" : String(format: "%.1f GB", bytes / 1e9)
        return "Out of memory: \(OutOfMemoryError("for an array of \(size)"))"
    }

    /// Whether the dynamic loader's message reports a lack of memory.
    private static func isShortage(_ message: String) -> Bool {
        // glibc's messages; exhausted static TLS is not a lack of memory.
        ["failed to map segment", "annot allocate memory", "cannot create shared object"]
            .contains { message.contains($0) } && !message.contains("static TLS")
    }

    /// The library is loaded once, at the first use.
    private static let loaded: Result<Void, TensorError> = {
        guard let path = libraryPath() else {
            return .failure(
                TensorError(
                    .engineMissing,
                    "The engine (.deps/engine/libdimorph-engine.so) is missing: start the program with "
                        + "./dimorph, which builds it, or run Scripts/setup."))
        }
        var text: UnsafeMutablePointer<CChar>?
        let status = ct_load(path, &text)
        guard status != CTStatus(CT_OK) else { return .success(()) }
        return .failure(failure(status, text))
    }()

    private static func load() throws { try loaded.get() }

    /// `DIMORPH_ENGINE`, else `.deps/engine/` in `DIMORPH_HOME` or in a folder above the executable.
    private static func libraryPath() -> String? {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["DIMORPH_ENGINE"] { return path }
        let inside = ".deps/engine/libdimorph-engine.so"
        if let home = environment["DIMORPH_HOME"] {
            let path = URL(filePath: home).appending(path: inside).path
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            let path = folder.appending(path: inside).path
            if FileManager.default.fileExists(atPath: path) { return path }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
