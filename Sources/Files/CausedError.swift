import Foundation

/// An error with a user-readable message and optionally an underlying error.
package protocol CausedError: Error, CustomStringConvertible {
    /// What failed, with the file's name and a remedy.
    var message: String { get }
    var cause: (any Error)? { get }
}

extension CausedError {
    /// The message and its cause. If memory was exhausted, only that is reported: a file that could not be read for lack of
    /// memory is not damaged.
    package var description: String {
        guard let cause else { return message }
        if !reportsMemoryShortage, let shortage = cause.memoryShortage { return shortage.plainDescription }
        return "\(message) (\(cause.plainDescription))"
    }
}

extension Error {
    /// The underlying error; `nil` if there is none.
    var directCause: (any Error)? {
        if let error = self as? any CausedError { return error.cause }
        return foundationError?.userInfo[NSUnderlyingErrorKey] as? any Error
    }

    /// This error and its underlying errors, down to the root cause.
    var chain: [any Error] {
        var chain: [any Error] = [self]
        // No real chain is this long; the limit ends cycles.
        while chain.count < 16, let cause = chain.last?.directCause { chain.append(cause) }
        return chain
    }

    /// Whether the operation was cancelled rather than failed.
    package var isCancellation: Bool { chain.last is CancellationError }

    /// The error as `NSError`; `nil` for Swift errors, which Foundation would wrap.
    var foundationError: NSError? {
        Self.self is NSError.Type || self is CocoaError || self is POSIXError ? self as NSError : nil
    }

    /// `errno` of the system call that failed; `nil` for other errors.
    var posixCode: Int32? {
        guard let error = foundationError, error.domain == NSPOSIXErrorDomain else { return nil }
        return Int32(error.code)
    }

    /// The error as user-readable text: Dimorph's own messages unchanged, Foundation's without domains and codes.
    package var plainDescription: String {
        if let error = self as? DecodingError { return error.plainText }
        if let number = posixCode {
            return number == ENOMEM ? OutOfMemoryError().description : String(cString: strerror(number))
        }
        guard let error = foundationError else { return "\(self)" }
        let path =
            error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        let reason = directCause?.plainDescription ?? error.plainReason
        return path.map { "\($0): \(reason)" } ?? reason
    }
}

extension NSError {
    /// The meaning of the Foundation error code.
    fileprivate var plainReason: String {
        switch CocoaError.Code(rawValue: code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: "no such file or folder"
        case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
        case .fileWriteOutOfSpace: "no space left on device"
        case .fileWriteVolumeReadOnly: "read-only file system"
        case .fileWriteFileExists: "the file exists already"
        case .fileReadInapplicableStringEncoding, .fileReadUnknownStringEncoding: "it is not text in UTF-8"
        case .fileReadCorruptFile, .propertyListReadCorrupt: "its content is damaged"
        case .fileReadTooLarge: "it is too large"
        default: "input or output failed"
        }
    }
}

extension DecodingError {
    /// The value that failed to decode, and the reason.
    fileprivate var plainText: String {
        func place(_ context: Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }
            return path.isEmpty ? "" : "'\(path.joined(separator: "."))': "
        }
        switch self {
        case .typeMismatch(let type, let context): return "\(place(context))the value is not of type \(type)"
        case .valueNotFound(_, let context): return "\(place(context))the value is missing"
        case .keyNotFound(let key, let context): return "\(place(context))'\(key.stringValue)' is missing"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "it is not valid JSON" : "\(place(context))the value is not valid"
        @unknown default: return "it cannot be decoded"
        }
    }
}
