import ArgumentParser

/// `dimorph faces …`: inspects and curates face sets between extraction and training.
struct FacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faces",
        abstract: "Inspects and curates face sets.",
        discussion: """
            Rejected faces are marked, not deleted, and can be restored. Training uses the remaining faces.
            """,
        subcommands: [
            FacesListCommand.self, FacesSortCommand.self, FacesCoverCommand.self, FacesRejectCommand.self,
            FacesRestoreCommand.self, FacesBestCommand.self, FacesPackCommand.self, FacesGroupCommand.self,
            FacesMergeCommand.self, FacesSplitCommand.self, FacesExportCommand.self,
            FacesImportCommand.self, FacesMasksCommand.self,
        ])
}
