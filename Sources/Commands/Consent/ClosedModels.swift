import Foundation
import Provenance
import Workspace

/// Model files that were trained before a correction of the person in a face set: they must not be used.
package struct ClosedModels {
    private let workspace: Workspace
    private let register: ConsentRegister

    /// - Throws: `ProvenanceError` of the records.
    package init(_ workspace: Workspace) throws {
        self.workspace = workspace
        register = try workspace.consents.register()
    }

    /// Rejects a model that was trained before a correction.
    ///
    /// - Parameter sha256: the file's, where it is known already.
    /// - Throws: `ProvenanceError` `wrongPerson`.
    package func refuse(_ file: URL, sha256: String? = nil) throws {
        guard !register.corrections.isEmpty, FileManager.default.fileExists(atPath: file.path),
            let (set, correction) = register.correction(closing: try sha256 ?? Digest.sha256(of: file))
        else { return }
        throw ProvenanceError(
            .wrongPerson,
            "\(file.path) was trained before it was corrected on \(ConsentRegister.day(correction.time)) whom the face set "
                + "'\(set)' shows (\(correction.reason)). Move the folder \(workspace.modelFolder.path) away and train again"
        )
    }

    /// Rejects resuming a training from before a correction.
    package func refuseTraining() throws {
        guard !register.corrections.isEmpty else { return }
        for file in Self.files(of: workspace) { try refuse(file) }
    }

    /// All model files of a workspace: models, checkpoints and snapshots.
    static func files(of workspace: Workspace) -> [URL] {
        let names = FileManager.default.enumerator(
            at: workspace.modelFolder, includingPropertiesForKeys: nil)
        return (names?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "safetensors" }
            .sorted { $0.path < $1.path }
    }

    /// SHA-256 of all model files of a workspace.
    package static func hashes(of workspace: Workspace) throws -> [String] {
        try files(of: workspace).map { try Digest.sha256(of: $0) }
    }
}
