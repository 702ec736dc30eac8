import ArgumentParser

/// `dimorph faces …`: what a person does with a face set between extraction and training.
struct FacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faces",
        abstract: "Looks after face sets: what is in them, what stays, what is missing.",
        discussion: """
            A face that is rejected is marked, never deleted: restore brings it back. Training reads what stays.
            """,
        subcommands: [
            FacesListCommand.self, FacesSortCommand.self, FacesCoverCommand.self, FacesRejectCommand.self,
            FacesRestoreCommand.self, FacesBestCommand.self, FacesPackCommand.self, FacesGroupCommand.self,
            FacesMergeCommand.self, FacesSplitCommand.self, FacesExportCommand.self,
            FacesImportCommand.self, FacesMasksCommand.self,
        ])
}
