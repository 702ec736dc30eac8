import Foundation

/// A failure to read, write, lock or resolve a file.
package struct FileError: Error, CustomStringConvertible, Sendable {
    package enum Code: Sendable {
        /// No space or quota is left.
        case diskFull
        case notWritable, notReadable
        case missing
        /// Another process holds the lock.
        case locked
        /// A path that leaves the folder in which it must stay.
        case outsideFolder
    }

    package let code: Code
    /// What went wrong, naming the file, and what the user can do.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        (self.code, self.message, self.cause) = (code, message, cause)
    }

    package var description: String { message }

    /// Whether the user's input is at fault rather than the machine.
    package var isBadInput: Bool {
        switch code {
        case .missing, .notReadable, .outsideFolder: true
        case .diskFull, .notWritable, .locked: false
        }
    }

    /// A failed system call that was to write a file.
    package static func writing(_ file: URL, _ number: Int32 = errno) -> FileError {
        let cause = POSIXError(POSIXErrorCode(rawValue: number) ?? .EIO)
        let reason = String(cString: strerror(number))
        let folder = file.deletingLastPathComponent().path
        return switch number {
        case ENOSPC, EDQUOT:
            FileError(
                .diskFull,
                "\(file.path) cannot be written: the disk is full (\(reason)); free some space and run again",
                cause: cause)
        case ENOENT, ENOTDIR:
            FileError(
                .notWritable,
                "\(file.path) cannot be written: the folder \(folder) does not exist; create it first",
                cause: cause)
        case ENAMETOOLONG:
            FileError(
                .notWritable, "\(file.path) cannot be written: the name is too long; choose a shorter one",
                cause: cause)
        case EISDIR:
            FileError(
                .notWritable, "\(file.path) is a folder; choose another name", cause: cause)
        case EACCES, EPERM, EROFS:
            FileError(
                .notWritable,
                "\(file.path) cannot be written (\(reason)); choose another place or change the permissions "
                    + "of \(folder)", cause: cause)
        default:
            FileError(
                .notWritable,
                "\(file.path) cannot be written (\(reason)); check the disk and the permissions of \(folder)",
                cause: cause)
        }
    }

    /// A failed system call that was to read a file.
    package static func reading(_ file: URL, _ number: Int32 = errno) -> FileError {
        let cause = POSIXError(POSIXErrorCode(rawValue: number) ?? .EIO)
        return number == ENOENT
            ? FileError(.missing, "\(file.path) does not exist; check the path", cause: cause)
            : FileError(
                .notReadable,
                "\(file.path) cannot be read (\(String(cString: strerror(number)))); check its permissions",
                cause: cause)
    }
}
