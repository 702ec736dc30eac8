import Foundation
import Testing

@testable import Files

/// Error descriptions with causes: plain text, memory shortage first, and cancellation recognised.
@Suite("Errors and their causes")
struct CausedErrorTests {
    private struct Failure: CausedError {
        let message: String
        let cause: (any Error)?
    }

    private struct Shortage: CausedError, MemoryShortage {
        let message: String
        let cause: (any Error)?
        let isMemoryShortage: Bool
    }

    private let memory = POSIXError(.ENOMEM)

    @Test("a file that is unreadable for lack of memory is not reported as damaged, at any depth of causes")
    func memoryFirst() {
        let foundation = CocoaError(.fileReadUnknown, userInfo: [NSUnderlyingErrorKey: memory])
        for cause in [memory, foundation, OutOfMemoryError("to read x")] as [any Error] {
            let error = Failure(
                message: "x is damaged: train again", cause: Failure(message: "y", cause: cause))
            #expect(error.isOutOfMemory && error.description.contains("not enough memory"), "\(error)")
            #expect(!error.description.contains("train again"))
        }
        let whole = Failure(message: "x is damaged", cause: POSIXError(.EIO))
        #expect(!whole.isOutOfMemory && whole.description == "x is damaged (Input/output error)")
        #expect(!Failure(message: "x", cause: nil).isOutOfMemory)
    }

    @Test("an error with its own advice on memory keeps its message")
    func advice() {
        let error = Shortage(message: "take a smaller batch", cause: memory, isMemoryShortage: true)
        #expect(error.isOutOfMemory && error.description.hasPrefix("take a smaller batch ("))
        let other = Shortage(message: "x", cause: nil, isMemoryShortage: false)
        #expect(!other.isOutOfMemory && other.description == "x")
        #expect(Failure(message: "y", cause: error).description.hasPrefix("take a smaller batch"))
    }

    @Test("Foundation's domains, codes and keys are not shown")
    func plain() throws {
        let file = URL(filePath: "/no such folder/file")
        var errors: [any Error] = [
            CocoaError(.fileWriteOutOfSpace, userInfo: [NSFilePathErrorKey: "/a/b"]),
            NSError(domain: NSPOSIXErrorDomain, code: Int(ENOSPC)),
        ]
        do { _ = try Data(contentsOf: file) } catch { errors.append(error) }
        do { try Data().write(to: file) } catch { errors.append(error) }
        do { try FileManager.default.removeItem(at: file) } catch { errors.append(error) }
        do {
            try FileManager.default.createDirectory(
                at: URL(filePath: "/proc/x"), withIntermediateDirectories: true)
        } catch { errors.append(error) }
        #expect(errors.count == 6)
        for error in errors {
            let words = error.plainDescription
            for part in ["Domain", "Code=", "NS", "UserInfo", "null"] {
                #expect(!words.contains(part), "\(words)")
            }
        }
        #expect(errors[0].plainDescription == "/a/b: no space left on device")
        #expect(errors[1].plainDescription == "No space left on device")
        #expect(errors[2].plainDescription.hasPrefix("/no such folder/file: "))
        let json = Result { try JSONDecoder().decode([String: Int].self, from: Data("{\"a\": \"b\"}".utf8)) }
        #expect(throws: DecodingError.self) { try json.get() }
        if case .failure(let error) = json {
            #expect(error.plainDescription == "'a': the value is not of type Int")
        }
    }

    @Test("a cancellation as a cause is recognised; another error after one is not a cancellation")
    func cancellation() {
        #expect(CancellationError().isCancellation)
        #expect(Failure(message: "x", cause: CancellationError()).isCancellation)
        #expect(!Failure(message: "x", cause: POSIXError(.ENOSPC)).isCancellation)
        #expect(!Failure(message: "x", cause: nil).isCancellation)
    }
}
