import Foundation

/// An error in reading, writing, locking or resolving a file.
package struct FileError: CausedError, MemoryShortage, Sendable {
    package enum Code: Sendable {
        /// Disk full or quota exceeded.
        case diskFull
        case notWritable, notReadable
        case missing
        /// The lock is held by another process.
        case locked
        /// A path outside the folder that must contain it.
        case outsideFolder
    }

    package let code: Code
    /// What failed, with the file's name and a remedy.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        (self.code, self.message, self.cause) = (code, message, cause)
    }

    package var description: String { message }

    package var isMemoryShortage: Bool { cause?.posixCode == ENOMEM }

    /// Whether the cause is the user's input rather than the machine.
    package var isBadInput: Bool {
        switch code {
        case .missing, .notReadable, .outsideFolder: true
        case .diskFull, .notWritable, .locked: false
        }
    }

    /// The error for a failed system call while writing a file.
    package static func writing(_ file: URL, _ number: Int32 = errno) -> FileError {
        let cause = POSIXError(POSIXErrorCode(rawValue: number) ?? .EIO)
        let reason = String(cString: strerror(number))
        let folder = file.deletingLastPathComponent().path
        return switch number {
        case ENOMEM:
            FileError(
                .notWritable, OutOfMemoryError("to write \(file.path)").description, cause: cause)
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

    /// The error for a failed system call while reading a file.
    package static func reading(_ file: URL, _ number: Int32 = errno) -> FileError {
        let cause = POSIXError(POSIXErrorCode(rawValue: number) ?? .EIO)
        if number == ENOMEM {
            return FileError(
                .notReadable, OutOfMemoryError("to read \(file.path)").description, cause: cause)
        }
        return number == ENOENT
            ? FileError(.missing, "\(file.path) does not exist; check the path", cause: cause)
            : FileError(
                .notReadable,
                "\(file.path) cannot be read (\(String(cString: strerror(number)))); check its permissions",
                cause: cause)
    }
}
