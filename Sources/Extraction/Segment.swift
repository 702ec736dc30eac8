import Faces
import Workspace

/// How a clip is cut into segments, each of which is looked at by itself and entered into the index as a whole.
///
/// The cuts lie at fixed frame numbers, and no segment knows more of another than the one frame before it. So what is found
/// depends neither on how many threads look nor on where an earlier run was interrupted.
package struct SegmentPlan: Sendable, Equatable {
    /// Frames of a segment that are looked at.
    var length = SegmentPlan.standardLength
    /// Each n-th frame of the clip is looked at.
    var every = 1
    /// Seconds from the clip's start; frames outside are not looked at.
    var times = 0..<Double.infinity

    /// A multiple of the detector's interval, so that its look at a segment's first frame replaces one that was due. Longer
    /// segments hold more frames in memory, shorter ones lose more to their seams.
    package static let standardLength = 30

    /// Frames of the clip from one segment's start to the next one's.
    var stride: Int { length * every }

    func segment(of frame: Int) -> Int { frame / stride }

    func wants(_ frame: Frame) -> Bool { frame.index % every == 0 && times.contains(frame.time) }
}

/// A face as it was found in a segment; its track's number counts within the segment.
struct SegmentFace: Sendable, Equatable {
    let frame: Int
    let time: Double
    /// Cuts between the segment's beginning and this frame.
    let shot: Int
    /// Whether the frame is a photograph, whose faces go on in no other one.
    var isAlone = false
    var face: ObservedFace
}

/// What was found in a segment.
struct SegmentResult: Sendable {
    let number: Int
    /// The first frame behind the segment.
    var end: Int
    var faces: [SegmentFace] = []
    /// Frames that were looked at.
    var frames = 0
    var framesWithoutFace = 0
    var unreadable: [UnreadableFrame] = []
}
