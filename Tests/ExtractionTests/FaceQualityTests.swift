import Foundation
import Media
import Pictures
import Testing
import Workspace

@testable import Faces

/// What the qualities of a face say of pictures that are known to be good or bad: crops of a rendered performer, invalidating.
@Suite("Face quality")
struct FaceQualityTests {
    /// Frames of the sample with different poses and expressions, and the middle of the face in each, in pixels.
    private static let faces: [(frame: Int, centre: Point)] = [
        (0, Point(206, 206)), (120, Point(198, 194)), (180, Point(179, 222)), (300, Point(182, 204)),
        (420, Point(200, 194)),
    ]
    private static let crops: [Picture] = {
        let clip = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Samples/performer-a.mp4").standardizedFileURL
        guard let reader = try? VideoReader(clip) else { return [] }
        var crops: [Picture] = []
        while let frame = try? reader.next(), crops.count < faces.count {
            let face = faces[crops.count]
            guard frame.index == face.frame, let picture = try? frame.picture() else { continue }
            crops.append(picture.crop(Self.crop(around: face.centre), width: 320, height: 320))
        }
        return crops
    }()

    /// A face of 106 pixels in the middle, as wide as half the crop.
    private static func crop(around centre: Point) -> SimilarityTransform {
        let scale = 160 / 106.0
        return SimilarityTransform(a: scale, b: 0, tx: 160 - centre.x * scale, ty: 160 - centre.y * scale)
    }

    /// Landmarks of the mean face, in pixels of the crop; those that it does not know lie within the face.
    private static let landmarks: FaceLandmarks = {
        var points = (0..<FaceLandmarks.count).map { index in
            let (angle, radius) = (Double(index) * 2.399963, (Double(index) / 478).squareRoot())
            return Point(160 + 80 * cos(angle) * radius, 165 + 100 * sin(angle) * radius)
        }
        for vertex in MeanFace.rigid + MeanFace.alignment {
            points[vertex.landmark] = Point(80 + 160 * vertex.x, 80 + 160 * vertex.y)
        }
        return FaceLandmarks(
            points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
    }()

    private func quality(_ crop: Picture) -> FaceQuality {
        FaceQuality(crop: crop, landmarks: Self.landmarks, transform: .identity)
    }

    /// Every pixel through a function of its value.
    private func mapped(_ picture: Picture, _ change: (Float) -> Float) -> Picture {
        var result = picture
        result.pixels = picture.pixels.map { UInt8(rounding: change(Float($0))) }
        return result
    }

    private func blurred(_ picture: Picture, sigma: Double) -> Picture {
        var result = picture
        for channel in 0..<3 {
            let plane = picture.channel(channel).blurred(sigma: sigma)
            for (index, value) in plane.values.enumerated() {
                result.pixels[3 * index + channel] = UInt8(rounding: value)
            }
        }
        return result
    }

    /// The mean of the picture moved along a line: what a movement during the exposure leaves.
    private func moved(_ picture: Picture, length: Double, degrees: Double) -> Picture {
        let steps = 25
        var sum = [Float](repeating: 0, count: picture.pixels.count)
        for step in 0..<steps {
            let along = length * (Double(step) / Double(steps - 1) - 0.5)
            let shift = SimilarityTransform(
                a: 1, b: 0, tx: along * cos(degrees * .pi / 180), ty: along * sin(degrees * .pi / 180))
            let values = picture.samples(shift, width: picture.width, height: picture.height)
            for index in sum.indices { sum[index] += values[index] }
        }
        return Picture(
            width: picture.width, height: picture.height,
            pixels: sum.map { UInt8(rounding: $0 / Float(steps)) })
    }

    @Test("the sample gives a crop for every face")
    func crops() { #expect(Self.crops.count == Self.faces.count) }

    @Test("sharpness falls with every step of blur, on every face", arguments: 0..<5)
    func sharpness(face: Int) throws {
        let crop = Self.crops[face]
        let steps = [0, 1, 2, 4].map { quality(blurred(crop, sigma: Double($0))).sharpness }
        #expect(
            steps[0] > 1.4 * steps[1] && steps[1] > 2 * steps[2] && steps[2] > 2 * steps[3], "\(steps)")
    }

    @Test("sharpness tells a small face from a large one, but not a dim one from a bright one")
    func sharpnessIsOfTheFace() {
        let crop = Self.crops[1]
        let whole = quality(crop).sharpness
        // As if the face had been 40 pixels wide in its video.
        let small = crop.resized(width: 80, height: 80).resized(width: 320, height: 320)
        #expect(quality(small).sharpness < whole / 4)
        let dim = quality(mapped(crop) { $0 * 0.4 }).sharpness
        #expect(abs(dim / whole - 1) < 0.15)
        // The same face in a crop of another size.
        let other = quality(crop.resized(width: 256, height: 256)).sharpness
        #expect(abs(other / whole - 1) < 0.4)
    }

    @Test("motion blur is seen in every direction, and is more than any defocus leaves", arguments: 0..<5)
    func motion(face: Int) {
        let crop = Self.crops[face]
        let still = [0, 1.5, 3].map { quality(blurred(crop, sigma: $0)).motionBlur }.max() ?? 1
        for degrees in stride(from: 0.0, to: 180, by: 22.5) {
            let short = quality(moved(crop, length: 10, degrees: degrees)).motionBlur
            #expect(short > still, "10 pixels at \(degrees)°: \(short), still \(still)")
            let long = quality(moved(crop, length: 16, degrees: degrees))
            #expect(
                long.motionBlur > still + 0.05, "16 pixels at \(degrees)°: \(long.motionBlur), still \(still)"
            )
            #expect(long.sharpness < quality(crop).sharpness / 2)
        }
    }

    @Test("exposure follows the light; clipped is what lost its detail in black and white")
    func light() {
        let crop = Self.crops[3]
        let normal = quality(crop)
        let dark = quality(mapped(crop) { $0 * 0.2 })
        let bright = quality(mapped(crop) { $0 * 1.3 })
        let burnt = quality(mapped(crop) { $0 * 2.5 })
        let drowned = quality(mapped(crop) { $0 - 215 })
        #expect(dark.exposure < 0.2 && normal.exposure > 0.4 && bright.exposure > normal.exposure + 0.05)
        #expect(normal.clipped < 0.02 && dark.clipped < 0.05)
        #expect(burnt.clipped > 0.3 && drowned.clipped > 0.3, "\(burnt.clipped) \(drowned.clipped)")
    }

    @Test("a covered face is told by the share of foreign colour; skin's own colour is not seen")
    func occlusion() {
        let crop = Self.crops[3]
        func covered(_ height: Int, _ colour: Colour) -> Double {
            var picture = crop
            picture.fill(colour, x: 60, y: 265 - height, width: 200, height: height)
            return quality(picture).occlusion
        }
        let free = quality(crop).occlusion
        let (low, high) = (covered(50, Colour(40, 90, 60)), covered(100, Colour(40, 90, 60)))
        #expect(free < 0.1 && low > free + 0.05 && high > low + 0.05, "\(free) \(low) \(high)")
        // As the documentation says: what has the face's colour passes.
        let skin = Colour(
            crop.pixels[3 * (320 * 200 + 130)], crop.pixels[3 * (320 * 200 + 130) + 1],
            crop.pixels[3 * (320 * 200 + 130) + 2])
        #expect(covered(100, skin) < free + 0.02)
    }

    @Test("the hash hardly changes with the encoding, and much with pose and expression")
    func hash() throws {
        let own = Self.crops.map { quality($0) }
        for (crop, quality) in zip(Self.crops, own) {
            for strength in [90, 50, 25] {
                let again = try PictureFile.decode(PictureFile.encode(crop, as: .jpeg, quality: strength))
                let small = again.resized(width: 200, height: 200).resized(width: 320, height: 320)
                #expect(self.quality(small).distance(quality) <= 16)
            }
            #expect(self.quality(mapped(crop) { $0 * 0.9 + 8 }).distance(quality) <= 16)
        }
        for first in own.indices {
            for second in own.indices where second > first {
                #expect(own[first].distance(own[second]) > 24, "faces \(first) and \(second)")
            }
        }
    }

    @Test("a picture without anything in it is nothing special")
    func plain() {
        let grey = quality(Picture(width: 320, height: 320, red: 128, green: 128, blue: 128))
        #expect(grey.sharpness == 0 && grey.motionBlur == 0 && grey.occlusion == 0 && grey.clipped == 0)
        #expect(abs(grey.exposure - 128.0 / 255) < 0.01 && grey.hash.allSatisfy { $0 == 0 })
        let tiny = FaceQuality(
            crop: Picture(width: 1, height: 1), landmarks: Self.landmarks,
            transform: SimilarityTransform(a: 1 / 320, b: 0, tx: 0, ty: 0))
        #expect(tiny.sharpness.isFinite && tiny.motionBlur.isFinite)
    }
}
