import Architectures
import Files
import Foundation
import Provenance
import Safetensors
import Tensors
import Training
import Vision
import Workspace

/// Classification of a stage's error for the exit code.
package protocol StageError: Error, CustomStringConvertible {
    /// Whether the user's input is the cause.
    var isBadInput: Bool { get }
}

extension WorkspaceError: StageError {}
extension TensorError: StageError {}
extension SafetensorsError: StageError {}
extension VisionError: StageError {}
extension TrainingError: StageError {}
extension ModelError: StageError {}
extension ProvenanceError: StageError {}
extension InputError: StageError {}
extension FileError: StageError {}

/// Exit codes, as `dimorph --help` documents them.
package enum ExitStatus {
    static let done: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2
    static let badInput: Int32 = 3
    static let interrupted: Int32 = 130
}

extension ExitStatus {
    /// The exit code of an error thrown by a stage.
    static func code(of error: any Error) -> Int32 {
        // A file that could not be read for a lack of memory is not invalid input.
        if error.isOutOfMemory { return failure }
        return (error as? any StageError).map { $0.isBadInput ? badInput : failure } ?? failure
    }
}

/// An invalid command-line value, detected before any work.
package struct InputError: Error, CustomStringConvertible {
    let message: String  // names the file and the remedy
    package var description: String { message }
    package var isBadInput: Bool { true }

    package init(_ message: String) { self.message = message }
}
