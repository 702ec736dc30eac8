import Foundation
import Media
import Testing

/// Every way in which a picture or video of a swap comes about: consents are asked for, and what is written is watermarked,
/// labelled, signed and in the ledger.
@Suite(
    "Marks of outputs", .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights")
)
struct MarkedOutputTests {
    static let isSigning = FileManager.default.fileExists(
        atPath: Program.root.appending(path: ".deps/c2pa/libc2pa_c.so").path)

    /// Commands that write no picture of a swap. One that is new must be entered here, or walked below.
    static let others: Set<String> = [
        "extract", "evaluate", "export", "consent", "verify", "faces", "models", "info", "watch", "help",
    ]
    static let walked: Set<String> = ["swap", "demo", "train", "convert"]

    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.start(arguments + ["--workspace", scratch.path("w")]).finish()
    }

    private func done(_ arguments: String...) throws {
        let outcome = try Program.start(arguments + ["--workspace", scratch.path("w")]).finish()
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
    }

    private func refused(_ words: [String], _ arguments: String...) throws {
        let outcome = try Program.start(arguments + ["--workspace", scratch.path("w")]).finish()
        #expect(outcome.status == 3, "\(arguments)")
        for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    }

    /// The first frames of a sample as a clip of their own.
    private func clip(_ name: String, as copy: String? = nil, frames: Int) throws -> String {
        let reader = try VideoReader(URL(filePath: Program.sample(name)))
        let writer = try VideoWriter(scratch.url.appending(path: copy ?? name), like: reader.info)
        for _ in 0..<frames { if let frame = try reader.next() { try writer.append(frame) } }
        try writer.finish()
        return scratch.path(copy ?? name)
    }

    /// What `verify` says of a file, by layer.
    private func verify(_ file: String) throws -> (status: Int32, layers: [String: [String: Any]]) {
        let outcome = try run("verify", scratch.path(file), "--json")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let layers = try #require(object?["layers"] as? [[String: Any]])
        return (
            outcome.status,
            Dictionary(uniqueKeysWithValues: layers.map { ($0["layer"] as? String ?? "", $0) })
        )
    }

    private func expectMarked(
        _ file: String, label: Bool? = true, signed: Bool = true, listed: Bool = true,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let (status, layers) = try verify(file)
        #expect(status == 0, "\(file): \(layers)", sourceLocation: location)
        // In a pair the label stands in a corner of its half, which need not be one of the pair.
        #expect(
            label == nil || layers["label"]?["found"] as? Bool == label, "\(file)", sourceLocation: location)
        #expect(
            layers["watermark"]?["found"] as? Bool == true, "\(file): \(layers)", sourceLocation: location)
        let isPicture = file.hasSuffix("png") || file.hasSuffix("jpg")
        #expect(
            isPicture || layers["metadata"]?["found"] as? Bool == true, "\(file)", sourceLocation: location)
        #expect(!listed || layers["ledger"]?["found"] as? Bool == true, "\(file)", sourceLocation: location)
        guard Self.isSigning else { return }
        let credentials = layers["credentials"]
        #expect(credentials?["found"] as? Bool == signed, "\(file): \(layers)", sourceLocation: location)
        guard signed, let values = credentials?["values"] as? [String: Any] else { return }
        #expect(values["state"] as? String == "trusted", "\(file)", sourceLocation: location)
        #expect(values["consents"] as? Int == 2, "\(file)", sourceLocation: location)
    }

    @Test("every command is known to write pictures of swaps, and is walked, or not to")
    func commands() throws {
        let help = try Program.run("--help").output
        let list = try #require(help.components(separatedBy: "SUBCOMMANDS:").last)
        let names = list.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        let commands = Set(names).subtracting(["See"])
        #expect(
            commands == Self.others.union(Self.walked).subtracting(commands.contains("help") ? [] : ["help"]))
    }

    @Test("from videos to outputs: nothing without consents, and nothing unmarked")
    func walk() throws {
        let (source, whole) = (try clip("performer-a.mp4", frames: 24), try clip("target-c.mp4", frames: 24))
        for (set, video) in [("a", source), ("c", whole)] {
            try done("extract", video, "--set", set, "--device", "cpu")
        }
        let train = [
            "train", "--source", "a", "--target", "c", "--iterations", "1", "--batch", "2", "--device", "cpu",
            "--workspace", scratch.path("w"),
        ]
        let without = try Program.start(train).finish()
        #expect(without.status == 3 && without.errors.contains("face set 'a'"))
        #expect(without.errors.contains("dimorph consent add --person NAME"))

        // A narrow network: its checkpoints are written in a moment.
        let narrow = ["encoder=16", "code=32", "decoder=16", "mask=8"].flatMap { ["--width", $0] }
        let given = try Program.start(
            train + ["--architecture", "quick96"] + narrow + [
                "--consent-source", "synthetic:Performer A", "--consent-target", "synthetic:Performer C",
            ]
        ).finish()
        #expect(given.status == 0, "\(given.errors)")
        try expectMarked("w/previews/newest.png", listed: false)

        let target = try clip("target-c.mp4", as: "short.mp4", frames: 6)
        for name in ["one.mp4", "one.mov"] {
            try done("convert", "--target", target, "--output", scratch.path(name))
            try expectMarked(name)
        }
        try done(
            "convert", "--target", target, "--output", scratch.path("one.mkv"), "--compare",
            scratch.path("both.mp4"))
        try expectMarked("one.mkv", signed: false)
        try expectMarked("both.mp4", label: nil)
        try done("convert", "--target", target, "--preview", "3", "--output", scratch.path("frame.png"))
        try expectMarked("frame.png")
        try done(
            "convert", "--target", target, "--preview", "3", "--beside", "--output", scratch.path("pair.jpg"))
        try expectMarked("pair.jpg", label: nil)
        try done("convert", "--target", target, "--output", scratch.path("shots/%03d.png"))
        try expectMarked("shots/005.png", listed: false)
        try done(
            "convert", "--target", target, "--layer", "face", "--codec", "prores", "--output",
            scratch.path("face.mov"))
        try expectMarked("face.mov")
        let taken = try Program.start([
            "convert", "--target", target, "--output", scratch.path("shots/%03d.png"), "--workspace",
            scratch.path("w"),
        ]).finish()
        #expect(taken.status == 3 && taken.errors.contains("shots is not empty"))
        try done(
            "convert", "--target", target, "--output", scratch.path("bare.mp4"), "--no-label",
            "stated in the credits")
        try expectMarked("bare.mp4", label: false)
        let bare = try run("verify", scratch.path("bare.mp4"))
        #expect(bare.output.contains("omitted: stated in the credits"))
        #expect(bare.output.contains("made without the visible label: stated in the credits"))

        try done("export", "--output", scratch.path("model.safetensors"))
        let model = try Data(contentsOf: scratch.url.appending(path: "model.safetensors"))
        #expect(String(decoding: model.prefix(1 << 16), as: UTF8.self).contains("\"consents\":\"[{"))

        try tamper("one.mp4")
        try takeBack(target)
    }

    /// Two flipped bytes show, and so does an unmarked file.
    private func tamper(_ name: String) throws {
        let file = scratch.url.appending(path: name)
        var bytes = try Data(contentsOf: file)
        for place in [bytes.count / 2, bytes.count / 2 + 1] { bytes[place] ^= 0xff }
        try bytes.write(to: file)
        if Self.isSigning { #expect(try Program.run("verify", file.path).status == 2) }
        #expect(try run("verify", scratch.path("short.mp4")).status == 1)
        #expect(try Program.run("verify", scratch.path("none.mp4")).status == 3)
    }

    /// Revocation, another person's consent, expiry and an edited record stop conversions.
    private func takeBack(_ target: String) throws {
        let file = scratch.url.appending(path: "w/consents.jsonl")
        let convert = [
            "convert", "--target", target, "--output", scratch.path("late.mp4"), "--workspace",
            scratch.path("w"),
        ]
        func refused(_ words: String..., more: [String] = []) throws {
            let outcome = try Program.start(convert + more).finish()
            #expect(outcome.status == 3)
            for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
            #expect(!FileManager.default.fileExists(atPath: scratch.path("late.mp4")))
        }
        let list = try run("consent", "list").output.split(separator: "\n").map { $0.prefix(8) }
        let (a, c) = (String(list[0]), String(list[1]))
        try refused(
            "is Performer C's, but the face set 'a' shows Performer A", more: ["--consent-source", c])
        try done("consent", "revoke", a, "--reason", "withdrawn")
        #expect(try run("export", "--output", scratch.path("model.safetensors")).status == 3)
        try refused("was revoked on", "withdrawn", "models concerned", "model.safetensors")
        try done(
            "consent", "add", "--person", "Performer A", "--relation", "synthetic", "--expires", "2020-01-01",
            "--set", "a")
        try refused("ended on 2020-01-01", "models concerned")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "2020-01-01", with: "2040-01-01").utf8).write(to: file)
        try refused("consents.jsonl: line", "was changed after it was written")
    }

    @Test(
        "swap asks first and marks what it makes; the demo goes the same way, and .ci/run looks at its output"
    )
    func swap() throws {
        let (source, target) = (try clip("performer-a.mp4", frames: 24), try clip("target-c.mp4", frames: 24))
        let swap = [
            "swap", "--source", source, "--target", target, "--output", scratch.path("swap.mp4"),
            "--architecture", "dimorph-s", "--iterations", "1", "--device", "cpu", "--workspace",
            scratch.path("w"),
        ]
        let without = try Program.start(swap).finish()
        #expect(without.status == 3 && without.errors.contains("--consent-source self:NAME"))
        let consents = ["--consent-source", "synthetic:A", "--consent-target", "synthetic:C"]
        #expect(try Program.start(swap + consents).finish().status == 0)
        try expectMarked("swap.mp4")
        // The same command again rests on the same records.
        #expect(try Program.start(swap + consents).finish().status == 0)
        #expect(try run("consent", "list").output.split(separator: "\n").count == 2)
    }
}
