import Foundation
import Pictures
import Testing

@testable import Provenance

@Suite("Ledger")
struct LedgerTests {
    /// Smooth blobs, different for each seed.
    private func picture(_ seed: Int, width: Int = 160, height: Int = 120, gain: Double = 1) -> Picture {
        var picture = Picture(width: width, height: height)
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (Double(column) / Double(width), Double(row) / Double(height))
                let value = sin(x * Double(3 + seed) + Double(seed)) * cos(y * Double(5 + seed % 3)) + x * y
                let byte = UInt8(max(0, min(255, 128 + 60 * gain * value)))
                for channel in 0..<3 { picture.pixels[(row * width + column) * 3 + channel] = byte }
            }
        }
        return picture
    }

    private let origin = Consent.Document(name: "target.mp4", sha256: String(repeating: "9", count: 64))

    private func entry(_ name: String, _ sha256: String, _ looks: [PerceptualHash]) -> LedgerEntry {
        LedgerEntry(
            time: Date(), output: name, sha256: sha256, looks: looks, target: origin, models: [],
            consents: [],
            marks: Marks(label: .leftOff(reason: "a reason")), signing: .unsigned(reason: "a test"),
            settings: ["number": .number(3)], version: "1")
    }

    @Test("a perceptual hash is robust to scaling and brightness, and distinguishes pictures")
    func hash() {
        let hashes = (1...6).map { PerceptualHash(picture($0)) }
        for seed in 1...6 {
            #expect(hashes[seed - 1].distance(to: PerceptualHash(picture(seed, width: 80, height: 60))) <= 4)
            #expect(hashes[seed - 1].distance(to: PerceptualHash(picture(seed, gain: 0.7))) <= 4)
        }
        for (a, b) in [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)] {
            #expect(hashes[a].distance(to: hashes[b]) > 10)
        }
    }

    @Test("matches an output by its bytes, and a similar one by its frames; entries round-trip")
    func match() throws {
        let scratch = try Scratch()
        let ledger = Ledger(folder: scratch.url)
        let looks = [PerceptualHash(picture(1)), PerceptualHash(picture(2))]
        let first = entry("first.mp4", String(repeating: "1", count: 64), looks)
        let second = entry("second.mp4", String(repeating: "2", count: 64), looks.reversed())
        for entry in [first, second] { try ledger.add(entry) }
        #expect(try ledger.entries() == [first, second])
        #expect(try ledger.match(sha256: second.sha256, looks: []) == .exact(second))
        // The target video of an output is similar to it but is not an output.
        #expect(try ledger.match(sha256: origin.sha256, looks: looks) == .target(second))
        let near = [PerceptualHash(picture(1, width: 64, height: 48)), PerceptualHash(picture(2, gain: 0.8))]
        guard case .similar(let found, let bits)? = try ledger.match(sha256: "3", looks: near) else {
            Issue.record("no match")
            return
        }
        #expect(found == first && bits < 5)
        #expect(
            try ledger.match(sha256: "3", looks: [PerceptualHash(picture(5)), PerceptualHash(picture(6))])
                == nil)
    }
}
