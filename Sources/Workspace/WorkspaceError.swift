import Files

/// A failure of the workspace folder: its settings, its index, its face sets.
package struct WorkspaceError: CausedError {
    package enum Code: Sendable {
        /// There is no workspace, set or clip of this name.
        case notFound
        /// Settings with unknown keys or impossible values.
        case settings
        /// Files that the index names are absent: a disk that is not mounted, a folder that was renamed.
        case filesMissing
        /// A file is not what it should be.
        case damaged
        /// Written by a later version of Dimorph.
        case tooNew
        /// Another process works in the folder.
        case locked
        /// The workspace was made from other videos.
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

    /// Whether the input is at fault rather than the machine.
    package var isBadInput: Bool {
        switch code {
        case .notFound, .settings, .filesMissing, .damaged, .tooNew, .mismatch: true
        case .locked, .unwritable, .diskFull: false
        }
    }
}
