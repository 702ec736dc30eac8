import Faces
import Media
import Provenance

/// How a video is converted.
package struct ConversionSettings: Sendable, Codable, Equatable {
    package var composite: CompositeSettings
    /// Standard deviation, in frames, of the smoothing of the alignment along the track; 0 for none.
    package var smoothing: Double
    /// Faces handed to the network at once.
    package var batch: Int
    /// Frames in which the face may be lost between two in which it is seen, and is swapped all the same; 0 for none.
    package var longestGap: Int
    /// What is laid on every frame.
    package var marks = Marks()
    /// What the output shows.
    package var layer = ConversionLayer.result
    /// What is done otherwise in stretches of the video.
    package var edits = EditList()

    package init(
        composite: CompositeSettings = CompositeSettings(), smoothing: Double = 2, batch: Int = 4,
        longestGap: Int = 4
    ) {
        (self.composite, self.smoothing) = (composite, smoothing)
        (self.batch, self.longestGap) = (batch, longestGap)
    }

    /// Frames on each side of one that have a say in where its face is and whose it is: a few at least, so that a face's
    /// identity is known before its first frame leaves.
    var visionReach: Int { max(4, ZeroPhaseFilter(deviation: smoothing).radius, longestGap) }

    /// Frames around a part that are looked at: what reaches into it, and a few for what is followed to settle.
    var overlap: Int { visionReach + composite.reach + 4 }
}

/// What an output shows, for who lays the face in with another program.
package enum ConversionLayer: String, Sendable, Codable, CaseIterable {
    /// The target with the new face.
    case result
    /// The new face alone, transparent elsewhere.
    case face
    /// How much of the new face shows, in grey: white where it is all there is to see.
    case mask
}

/// What a conversion did.
package struct ConversionReport: Sendable, Codable, Equatable {
    /// Frames written.
    package var frames: Int
    /// Frames in which a face was swapped.
    package var swapped: Int
    /// From the first frame read to the last one written.
    package var seconds: Double
    /// Seconds that each stage worked, waiting left out: decode, vision, network, composite, mark, encode. They overlap, but
    /// for composite and mark, which are done one after the other.
    package var stages: [String: Double]
    /// Frames of the target that could not be decoded.
    package var unreadable: Int
    /// Where these are, in their order.
    package var missing: [MissingFrames] = []
    /// Frames that an earlier run had written.
    package var resumed = 0
    /// The number in the watermark; nil where frames are too small to carry one.
    package var watermark: UInt32?
    /// Parts that are left to other runs; the output is there when there are none.
    package var partsLeft = 0
    /// What became of each person.
    package var sightings = SwapTally()
    /// Whether no face was swapped, and the output is the target without marks.
    package var isUnchanged = false
    /// In what the output differs from what was asked for, as sentences for the user.
    package var notices: [String] = []

    package init(
        frames: Int = 0, swapped: Int = 0, seconds: Double = 0, stages: [String: Double] = [:],
        unreadable: Int = 0
    ) {
        (self.frames, self.swapped, self.seconds) = (frames, swapped, seconds)
        (self.stages, self.unreadable) = (stages, unreadable)
    }

    package var framesPerSecond: Double { seconds > 0 ? Double(frames - resumed) / seconds : 0 }

    /// Frames a second that each stage would manage by itself.
    package var stageRates: [String: Double] {
        stages.mapValues { $0 > 0 ? Double(frames - resumed) / $0 : 0 }
    }
}
