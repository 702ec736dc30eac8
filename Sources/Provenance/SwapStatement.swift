/// The facts about the swap in an output that its metadata states, with counts.
package struct SwapStatement: Sendable, Codable, Equatable {
    package enum Content: String, Sendable, Codable {
        case video
        /// A folder of numbered pictures.
        case pictures
        case picture
        /// The new face only, transparent elsewhere.
        case face
        /// The opacity of the new face, as grey levels.
        case mask
    }

    package let content: Content
    /// Number of frames with the new face, and of all frames.
    package let swapped: Int
    package let frames: Int

    package init(_ content: Content, swapped: Int, frames: Int) {
        (self.content, self.swapped, self.frames) = (content, swapped, frames)
    }

    /// IPTC's digital source type of the output.
    package var digitalSourceType: String {
        switch content {
        case .video, .pictures, .picture: OutputMetadata.digitalSourceType
        case .face, .mask: OutputMetadata.whollyGenerated
        }
    }

    /// A sentence for the container's comment, without a full stop.
    var sentence: String {
        switch content {
        case .video:
            "Synthetic media: a face in this video was replaced by a trained model (Dimorph), \(count)"
        case .pictures:
            "Synthetic media: a face in these pictures was replaced by a trained model (Dimorph), \(count)"
        case .picture: "Synthetic media: a face in this picture was replaced by a trained model (Dimorph)"
        case .face:
            "Synthetic media: a face drawn by a trained model, without its surroundings (Dimorph), \(count)"
        case .mask: "A mask for a face drawn by a trained model; it shows no person (Dimorph), \(count)"
        }
    }

    /// A sentence for an action of the Content Credentials.
    var action: String {
        switch content {
        case .video: "A face was replaced by one that a trained model drew, \(count)."
        case .pictures: "A face was replaced by one that a trained model drew, \(count) of this sequence."
        case .picture: "A face was replaced by one that a trained model drew."
        case .face: "A trained model drew a face, \(count); its surroundings were left out."
        case .mask: "A mask for a face that a trained model drew, \(count); it shows no person."
        }
    }

    private var count: String {
        "in \(swapped) of \(frames) \(content == .pictures ? "pictures" : "frames")"
    }
}
