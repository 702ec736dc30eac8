import CFFmpeg

extension VideoReader {
    /// The file's metadata tags, with keys in lower case (Matroska stores them in capitals).
    package var metadata: [String: String] {
        var tags: [String: String] = [:]
        var entry: UnsafeMutablePointer<AVDictionaryEntry>?
        while let next = av_dict_get(file.context.pointee.metadata, "", entry, AV_DICT_IGNORE_SUFFIX) {
            tags[String(cString: next.pointee.key).lowercased()] = String(cString: next.pointee.value)
            entry = next
        }
        return tags
    }
}
