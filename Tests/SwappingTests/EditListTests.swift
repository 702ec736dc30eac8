import Faces
import Foundation
import Pictures
import Provenance
import Swapping
import Testing

@Suite("Edits")
struct EditListTests {
    private func list(_ text: String) throws -> EditList {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).toml")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(text.utf8).write(to: url)
        return try EditList(reading: url)
    }

    /// Converts waves at 25 frames per second; the swapped face is plain green.
    private func convert(_ edits: EditList, frames: Int = 30, faces: @escaping (Int) -> [ObservedFace]) throws
        -> (frames: [MemoryFrame], requests: [SwapRequest])
    {
        let swapper = ScriptedSwapper { _ in Picture(width: 96, height: 96, red: 20, green: 200, blue: 20) }
        var settings = ConversionSettings(composite: CompositeSettings(colour: .none))
        settings.edits = edits
        let pipeline = ConversionPipeline<MemoryFrame>(
            observer: ScriptedObserver(faces), swapper: swapper, settings: settings, identity: nil)
        return (try pipeline.converted(waves: frames).frames, swapper.requests)
    }

    /// Pixels close to the swapped face's green, above the label's rows.
    private func green(_ frame: MemoryFrame) -> Int {
        (0..<160 * 95).filter { place in
            zip(frame.pixels.pixels[place * 3..<place * 3 + 3], [20, 200, 20]).allSatisfy {
                abs(Int($0) - $1) < 12
            }
        }.count
    }

    private let still = { (_: Int) in [scriptedFace(x: 80, y: 50)] }

    @Test("an edit disables the swap in its stretch only")
    func ranges() throws {
        let (frames, requests) = try convert(
            list("[[edit]]\nfrom = 0.4\nto = \"0:0.8\"\nswap = false"), faces: still)
        #expect(requests.map(\.frame) == Array(0..<10) + Array(20..<30))
        #expect(frames.map { green($0) > 200 } == (0..<30).map { !(10..<20).contains($0) })
    }

    @Test("a position selects the face, whatever its identity")
    func place() throws {
        let both = { (_: Int) in
            [
                scriptedFace(x: 40, y: 50, width: 40, track: 1),
                scriptedFace(x: 120, y: 50, width: 30, track: 2),
            ]
        }
        let (_, requests) = try convert(
            list("[[edit]]\nfrom = 0.4\nface = [118, 60]"), frames: 20, faces: both)
        #expect(requests.map(\.face.track) == [Int](repeating: 1, count: 10) + [Int](repeating: 2, count: 10))
    }

    @Test("numbers are constant or ramps; later edits override earlier ones")
    func ramps() throws {
        let (frames, _) = try convert(
            list("[[edit]]\nfrom = 0\nto = 1.2\nopacity = [0, 1]\n[[edit]]\nfrom = 1\nopacity = 1"),
            faces: still)
        func greenness(_ frame: MemoryFrame) -> Double {
            let place = (50 * 160 + 80) * 3
            return psnr(
                Picture(width: 1, height: 1, red: 20, green: 200, blue: 20),
                Picture(width: 1, height: 1, pixels: Array(frame.pixels.pixels[place..<place + 3])))
        }
        #expect(green(frames[0]) == 0 && green(frames[26]) > 200)
        #expect(greenness(frames[4]) < greenness(frames[12]) && greenness(frames[12]) < greenness(frames[22]))
        let usual = green(frames[26])
        let (large, _) = try convert(list("[[edit]]\nfrom = 0\nscale = 1.2"), frames: 8, faces: still)
        let (small, _) = try convert(list("[[edit]]\nfrom = 0\nscale = 0.8"), frames: 8, faces: still)
        // Areas scale with the square.
        #expect(abs(Double(green(large[4])) / Double(usual) - 1.44) < 0.15)
        #expect(abs(Double(green(small[4])) / Double(usual) - 0.64) < 0.1)
    }

    @Test(
        "errors name the invalid value and its position",
        arguments: [
            ("[[edit]]\nfrom = 3\nto = 2", "edit 1: 'to' must be later than 'from'"),
            ("[[edit]]\nfrom = 1\n[[edit]]\nfrom = \"1:99\"", "edit 2: 'from' = \"1:99\": must be a time"),
            ("[[edit]]\nfrom = {a = 1}", "edit 1: 'from' = a table or a list: must be a time"),
            ("[[edit]]\nscale = [1, \"a\"]", "edit 1: 'scale' = a table or a list: must be a number"),
            ("[[edit]]\nswap = 1", "edit 1: 'swap' = 1: must be true or false"),
            ("[[edit]]\nfrom = 1\nopacity = 1.5", "edit 1: 'opacity' must lie between 0.0 and 1.0"),
            ("[[edit]]\nfrom = 1\nopacity = [0, 1]", "edit 1: 'opacity' is a ramp and requires 'to'"),
            ("[[edit]]\nperson = 3", "edit 1: 'person' = 3: must be the name"),
            ("[[edit]]\nfrom = 1\ncolor = 1", "edit 1: unknown key 'color'"),
            ("[[edit]]\nfrom = 1\nface = [1]", "edit 1: 'face' must be two numbers"),
            ("[[edits]]\nfrom = 1", "unknown table 'edits'"),
            ("edit = 3", "must hold [[edit]] tables"),
        ])
    func complaints(_ text: String, _ words: String) throws {
        let error = #expect(throws: SwappingError.self) { try list(text) }
        #expect(error?.message.contains(words) == true && error?.isBadInput == true)
    }

    @Test("an error names a missing file, without the system's message")
    func missing() {
        let error = #expect(throws: SwappingError.self) {
            try EditList(reading: URL(fileURLWithPath: "/nowhere/edits.toml"))
        }
        #expect(error?.description == "/nowhere/edits.toml does not exist; name a file of edits")
    }

    @Test("an error names a line that is not TOML")
    func noDocument() throws {
        let error = #expect(throws: (any Error).self) { try list("[[edit]]\nfrom = = 1") }
        #expect("\(error.map { "\($0)" } ?? "")".contains("line 2"))
    }
}
