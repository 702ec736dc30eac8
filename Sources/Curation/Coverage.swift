import Workspace

/// Pose and expression coverage of a set: two histograms.
package struct Coverage: Sendable, Equatable {
    /// Yaw × pitch.
    package private(set) var pose = Grid(across: .yaw, down: .pitch)
    /// Mouth × eye opening.
    package private(set) var expression = Grid(across: .mouth, down: .eyes)
    /// Number of faces.
    package private(set) var faces = 0
    /// Bins of each face, in the order of the faces.
    package private(set) var places: [Place] = []

    /// - Parameter usualEyes: reference eye opening of the person (default: median of the faces).
    package init(_ faces: [FaceSummary], usualEyes: Double? = nil) {
        let usual = usualEyes ?? Self.usualEyes(of: faces)
        places.reserveCapacity(faces.count)
        for face in faces {
            let place = Place(face, usualEyes: usual)
            pose.add(across: place.yaw, down: place.pitch)
            expression.add(across: place.mouth, down: place.eyes)
            places.append(place)
        }
        self.faces = faces.count
    }

    /// Median of the mean eye opening; 0.3 for an empty set.
    package static func usualEyes(of faces: [FaceSummary]) -> Double {
        let openings = faces.map { ($0.leftEye + $0.rightEye) / 2 }.sorted()
        guard !openings.isEmpty else { return 0.3 }
        return max(0.05, openings[openings.count / 2])
    }

    /// Bins of a face on the four axes.
    package struct Place: Sendable, Hashable {
        package let yaw: Int
        package let pitch: Int
        package let mouth: Int
        package let eyes: Int

        init(_ face: FaceSummary, usualEyes: Double) {
            yaw = CoverageAxis.yaw.bin(of: Double(face.pose.yaw))
            pitch = CoverageAxis.pitch.bin(of: Double(face.pose.pitch))
            mouth = CoverageAxis.mouth.bin(of: face.mouth)
            eyes = CoverageAxis.eyes.bin(of: (face.leftEye + face.rightEye) / 2 / usualEyes)
        }
    }

    /// Histogram over two axes.
    package struct Grid: Sendable, Equatable {
        package let across: CoverageAxis
        package let down: CoverageAxis
        /// Counts in row-major order, lowest bin of `down` first.
        package private(set) var counts: [Int]

        init(across: CoverageAxis, down: CoverageAxis) {
            (self.across, self.down) = (across, down)
            counts = [Int](repeating: 0, count: across.count * down.count)
        }

        package subscript(column column: Int, row row: Int) -> Int { counts[row * across.count + column] }

        mutating func add(across column: Int, down row: Int) { counts[row * across.count + column] += 1 }

        /// Number of occupied bins.
        package var occupied: Int { counts.count { $0 > 0 } }
    }
}
