import Files

/// A failure of the workspace folder: its settings, its index, its face sets.
package struct WorkspaceError: CausedError {
    package enum Code: Sendable {
        /// No workspace, set or clip has this name.
        case notFound
        /// Settings with unknown keys or invalid values.
        case settings
        /// Files of the index are missing, for example because a disk is not mounted or a folder was renamed.
        case filesMissing
        /// A file is damaged or invalid.
        case damaged
        /// Written by a later version of Dimorph.
        case tooNew
        /// Another process uses the folder.
        case locked
        /// The workspace was created from other videos.
        case mismatch
        case unwritable
        case diskFull
    }

    package let code: Code
    package let message: String  // names the file and the remedy
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the cause is the input rather than the machine.
    package var isBadInput: Bool {
        switch code {
        case .notFound, .settings, .filesMissing, .damaged, .tooNew, .mismatch: true
        case .locked, .unwritable, .diskFull: false
        }
    }
}
