import Faces
import Foundation
import Pictures
import Swapping
import Testing

/// Milliseconds of the compositor's steps; runs only if DIMORPH_BENCHMARK is set.
@Suite("Benchmark", .enabled(if: ProcessInfo.processInfo.environment["DIMORPH_BENCHMARK"] != nil))
struct BenchmarkTests {
    private func time(_ name: String, _ work: () -> Void) {
        let start = ContinuousClock.now
        for _ in 0..<20 { work() }
        print("\(name): \((ContinuousClock.now - start) / .milliseconds(20)) ms")
    }

    @Test func compositor() throws {
        let frame = MemoryFrame.waves(0, width: 384, height: 384)
        let face = scriptedFace(x: 190, y: 190, width: 160)
        let transform = face.alignment.crop(.full, size: 128)
        let region = try #require(
            Compositor.region(of: transform, size: 128, frameWidth: 384, frameHeight: 384))
        let background = frame.picture(x: region.x, y: region.y, width: region.width, height: region.height)
        let crop = frame.pixels.crop(transform, width: 128, height: 128)
        let one = Plane(width: 128, height: 128, repeating: 1)
        let compositor = Compositor()
        let hull = FaceMask.plane(landmarks: face.landmarks, transform: transform, size: 128)
        let lab = LabPicture(crop)
        let mask = compositor.blendMask(compositor.faceMask(learned: one, hull: hull), faceWidth: 80)
        time("hull") { _ = FaceMask.plane(landmarks: face.landmarks, transform: transform, size: 128) }
        time("face mask") { _ = compositor.faceMask(learned: one, hull: hull) }
        time("blend mask") { _ = compositor.blendMask(one, faceWidth: 80) }
        time("erode") { _ = one.eroded(radius: 4.5) }
        time("to lab") { _ = LabPicture(crop) }
        time("from lab") { _ = lab.picture }
        time("light") { _ = LightField(face: lab, target: lab, mask: hull, reach: 0.18) }
        time("composite") {
            _ = compositor.composite(
                background: background, region: region, face: crop, mask: mask, transform: transform)
        }
        let map = AffineMap(transform)
        time("bicubic") { _ = crop.sampled(width: 256, height: 256, transform: map, filter: .bicubic) }
        time("bilinear") { _ = crop.sampled(width: 256, height: 256, transform: map) }
        time("mask sample") { _ = mask.sampled(width: 256, height: 256, transform: map, outside: 0) }
        time("crop") { _ = background.crop(transform, width: 128, height: 128) }
    }
}
