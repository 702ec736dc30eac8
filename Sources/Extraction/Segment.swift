import Faces
import Workspace

/// Division of a clip into segments, which are analysed independently and stored in one transaction each.
///
/// Segments begin at fixed frame numbers, and the analysis of a segment uses only one frame of the previous one. The results
/// therefore do not depend on the number of threads or on interruptions.
package struct SegmentPlan: Sendable, Equatable {
    /// Number of analysed frames per segment.
    var length = SegmentPlan.standardLength
    /// Step between analysed frames.
    var every = 1
    /// Time range of the analysed frames, in seconds from the start of the clip.
    var times = 0..<Double.infinity

    /// A multiple of the detection interval, so that the detection in a segment's first frame replaces a scheduled one. Longer
    /// segments need more memory, shorter ones have more overhead.
    package static let standardLength = 30

    /// Number of clip frames per segment.
    var stride: Int { length * every }

    func segment(of frame: Int) -> Int { frame / stride }

    func wants(_ frame: Frame) -> Bool { frame.index % every == 0 && times.contains(frame.time) }
}

/// A face detected in a segment; track numbers are local to the segment.
struct SegmentFace: Sendable, Equatable {
    let frame: Int
    let time: Double
    /// Number of cuts between the beginning of the segment and this frame.
    let shot: Int
    /// Whether the frame is a photograph, whose tracks do not continue.
    var isAlone = false
    var face: ObservedFace
}

/// Analysis result of a segment.
struct SegmentResult: Sendable {
    let number: Int
    /// The first frame after the segment.
    var end: Int
    var faces: [SegmentFace] = []
    /// Number of analysed frames.
    var frames = 0
    var framesWithoutFace = 0
    var unreadable: [UnreadableFrame] = []
}
