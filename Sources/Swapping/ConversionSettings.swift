import Faces
import Media
import Provenance

/// Settings of a video conversion.
package struct ConversionSettings: Sendable, Codable, Equatable {
    package var composite: CompositeSettings
    /// Standard deviation, in frames, of the smoothing of the alignment along the track; 0 for none.
    package var smoothing: Double
    /// Batch size of the network.
    package var batch: Int
    /// Longest gap, in frames, between two detections over which the face is interpolated and still swapped; 0 for none.
    package var longestGap: Int
    /// Marks of every frame.
    package var marks = Marks()
    /// The output layer.
    package var layer = ConversionLayer.result
    /// Edits of stretches of the video.
    package var edits = EditList()

    package init(
        composite: CompositeSettings = CompositeSettings(), smoothing: Double = 2, batch: Int = 4,
        longestGap: Int = 4
    ) {
        (self.composite, self.smoothing) = (composite, smoothing)
        (self.batch, self.longestGap) = (batch, longestGap)
    }

    /// Number of frames on each side that affect a face's position and identity: at least a few, so that the identity is
    /// known before the first frame is emitted.
    var visionReach: Int { max(4, ZeroPhaseFilter(deviation: smoothing).radius, longestGap) }

    /// Margin of a part in frames: the reach of all smoothing, and a few for tracking to settle.
    var overlap: Int { visionReach + composite.reach + 4 }
}

/// The output layer, for compositing in another program.
package enum ConversionLayer: String, Sendable, Codable, CaseIterable {
    /// The target with the swapped face.
    case result
    /// The swapped face alone, transparent elsewhere.
    case face
    /// The opacity of the swapped face in grey: white where it is opaque.
    case mask
}

/// The result of a conversion.
package struct ConversionReport: Sendable, Codable, Equatable {
    /// Frames written.
    package var frames: Int
    /// Frames with a swapped face.
    package var swapped: Int
    /// Seconds from the first frame read to the last one written.
    package var seconds: Double
    /// Seconds of work of each stage without waiting: decode, vision, network, composite, mark, encode. Stages overlap,
    /// except composite and mark, which run one after the other.
    package var stages: [String: Double]
    /// Frames of the target that could not be decoded.
    package var unreadable: Int
    /// Their positions, in order.
    package var missing: [MissingFrames] = []
    /// Frames written by an earlier run.
    package var resumed = 0
    /// The number in the watermark; `nil` if the frames are too small for one.
    package var watermark: UInt32?
    /// Number of parts left to other runs; the output exists when it is 0.
    package var partsLeft = 0
    /// The outcome for each person.
    package var sightings = SwapStatistics()
    /// Whether no face was swapped and the output is the unmarked target.
    package var isUnchanged = false
    /// Differences between the output and the request, as sentences for the user.
    package var notices: [String] = []

    package init(
        frames: Int = 0, swapped: Int = 0, seconds: Double = 0, stages: [String: Double] = [:],
        unreadable: Int = 0
    ) {
        (self.frames, self.swapped, self.seconds) = (frames, swapped, seconds)
        (self.stages, self.unreadable) = (stages, unreadable)
    }

    package var framesPerSecond: Double { seconds > 0 ? Double(frames - resumed) / seconds : 0 }

    /// Throughput of each stage by itself, in frames per second.
    package var stageRates: [String: Double] {
        stages.mapValues { $0 > 0 ? Double(frames - resumed) / $0 : 0 }
    }
}
