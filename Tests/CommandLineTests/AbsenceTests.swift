import Foundation
import Media
import Pictures
import Testing

/// Folders that are away, people who are not there, consents that were revoked: as a person meets them. Needs what the setup makes.
@Suite("Absence", .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights"))
struct AbsenceTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: String...) throws -> Program.Outcome { try run(arguments) }

    private func run(_ arguments: [String]) throws -> Program.Outcome {
        try Program.start(arguments + ["--workspace", scratch.path("w")]).finish()
    }

    private func done(_ arguments: String...) throws {
        let outcome = try run(arguments)
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
    }

    private func refused(_ words: [String], _ arguments: String...) throws {
        let outcome = try run(arguments)
        #expect(outcome.status == 3, "\(arguments): \(outcome.status) \(outcome.output)")
        for word in words { #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)") }
    }

    /// The first frames of a sample as a clip of their own.
    private func clip(_ name: String, as copy: String? = nil, frames: Int) throws -> String {
        let reader = try VideoReader(URL(filePath: Program.sample(name)))
        let writer = try VideoWriter(scratch.url.appending(path: copy ?? name), like: reader.info)
        for _ in 0..<frames { if let frame = try reader.next() { try writer.append(frame) } }
        try writer.finish()
        return scratch.path(copy ?? name)
    }

    private func consentsExist() -> Bool {
        FileManager.default.fileExists(atPath: scratch.path("w/consents.jsonl"))
    }

    private func list() throws -> [String] {
        try run("faces", "list", "c", "--all", "--json").output.split(separator: "\n").map(String.init)
    }

    @Test("a set's folder that is away: every command says so, and nothing is changed")
    func folder() throws {
        let video = try clip("target-c.mp4", frames: 8)
        try done("extract", video, "--set", "c", "--device", "cpu")
        let (crops, away) = (scratch.url.appending(path: "w/sets/c"), scratch.url.appending(path: "away"))
        let packed = scratch.url.appending(path: "w/sets/c.faces.safetensors")
        let before = (try list(), try Data(contentsOf: packed))
        try FileManager.default.moveItem(at: crops, to: away)
        for command in [
            ["pack", "c"], ["list", "c"], ["sort", "c", "--by", "yaw"], ["best", "c", "--count", "3"],
            ["restore", "c", "--all"], ["reject", "c", "--faces", "1"], ["export", "c", scratch.path("e")],
            ["masks", "clear", "c"], ["split", "c", "--face", "1", "--into", "d"],
        ] {
            let outcome = try run(["faces"] + command)
            #expect(outcome.status == 3, "\(command): \(outcome.output)\(outcome.errors)")
            #expect(
                outcome.errors.contains("is missing, which contains crops of the set 'c'"),
                "\(outcome.errors)")
        }
        try refused(["nothing was changed"], "extract", video, "--set", "c", "--device", "cpu")
        try FileManager.default.moveItem(at: away, to: crops)
        #expect(try list() == before.0 && Data(contentsOf: packed) == before.1)

        try FileManager.default.removeItem(at: crops.appending(path: "1-target-c/000002.jpg"))
        let pack = try run("faces", "pack", "c")
        #expect(pack.status == 0 && pack.output.contains("7 faces packed"))
        #expect(pack.errors.contains("1 crops of 'c' are missing"))
        #expect(try run("faces", "list", "c", "--rejected").output.contains("missing"))
        // Cut again from the video.
        try done("faces", "restore", "c", "--reason", "missing")
        try done("extract", video, "--set", "c", "--device", "cpu")
        #expect(try run("faces", "pack", "c").output.contains("8 faces packed"))
    }

    @Test("a command that is refused leaves no consent on record")
    func refusals() throws {
        let (source, target) = (try clip("performer-a.mp4", frames: 24), try clip("target-c.mp4", frames: 24))
        let consents = ["--consent-source", "synthetic:A", "--consent-target", "synthetic:C"]
        let broken = try scratch.write("no video", to: "broken.mp4")
        for (target, output) in [
            (scratch.path("none.mp4"), "out.mp4"), (broken, "out.mp4"), (target, "none/out.mp4"),
        ] {
            let outcome = try run(
                ["swap", "--source", source, "--target", target, "--output", scratch.path(output)] + consents
                    + ["--iterations", "1", "--device", "cpu"])
            #expect(outcome.status == 3 || outcome.status == 1, "\(outcome.output)")
            #expect(!consentsExist(), "\(outcome.errors)")
        }
        for (set, video) in [("a", source), ("c", target)] {
            try done("extract", video, "--set", set, "--device", "cpu")
        }
        let convert = ["convert", "--target", target, "--output", scratch.path("out.mp4")]
        #expect(try run(convert + consents).status == 3, "there is no model")
        let train = ["train", "--source", "a", "--target", "c", "--iterations", "1", "--device", "cpu"]
        #expect(try run(train + consents + ["--recipe", scratch.path("none.toml")]).status == 3)
        #expect(try run(train + consents + ["--set", "batch=0"]).status == 3)
        #expect(
            try run(
                train + consents + ["--forecast", "--batch", "2", "--architecture", "quick96"] + Self.narrow
            ).status == 0)
        #expect(!consentsExist())
    }

    /// A network whose checkpoints are written in a moment.
    private static let narrow = ["encoder=16", "code=32", "decoder=16", "mask=8"].flatMap { ["--width", $0] }

    @Test("nobody swapped, in part swapped; revoked, corrected")
    func people() throws {
        let (source, target) = (try clip("performer-a.mp4", frames: 24), try clip("target-c.mp4", frames: 24))
        for (set, video) in [("a", source), ("c", target)] {
            try done("extract", video, "--set", set, "--device", "cpu")
        }
        let train = [
            "train", "--source", "a", "--target", "c", "--iterations", "1", "--batch", "2", "--device", "cpu",
        ]
        let trained = try run(
            train + ["--architecture", "quick96"] + Self.narrow + [
                "--consent-source", "synthetic:Performer A", "--consent-target", "synthetic:Performer C",
            ])
        #expect(trained.status == 0, "\(trained.errors)")
        try nobody(grey(target))
        try partly(target)
        try keys(target)
        try revoked(target, train)
    }

    /// A junk root is an error before any work, and stays as it is.
    private func keys(_ target: String) throws {
        guard MarkedOutputTests.isSigning else { return }
        let folder = scratch.url.appending(path: "signing")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let root = folder.appending(path: "root.pem")
        try Data("junk".utf8).write(to: root)
        let output = scratch.path("unsigned.mp4")
        let outcome = try Program.start(
            ["convert", "--target", target, "--output", output, "--workspace", scratch.path("w")],
            environment: ["DIMORPH_SIGNING": folder.path]
        ).finish()
        #expect(
            outcome.status == 3 && outcome.errors.contains("signing/root.key is missing"), "\(outcome.errors)"
        )
        #expect(outcome.errors.contains("are not replaced by themselves"))
        #expect(!FileManager.default.fileExists(atPath: output))
        #expect(try Data(contentsOf: root) == Data("junk".utf8))
    }

    /// A clip of as many grey frames.
    private func grey(_ like: String) throws -> String {
        let file = scratch.url.appending(path: "grey.mp4")
        let reader = try VideoReader(URL(filePath: like))
        let writer = try VideoWriter(file, like: reader.info)
        while let frame = try reader.next() {
            let grey = Picture(width: frame.width, height: frame.height, red: 90, green: 90, blue: 90)
            try writer.append(
                frame.replacing(x: 0, y: 0, width: frame.width, height: frame.height, with: grey))
        }
        try writer.finish()
        return file.path
    }

    private func nobody(_ source: String) throws {
        let output = scratch.path("none.mp4")
        let other = ["no face was swapped", "no face was found in", "--allow-unchanged"]
        try refused(other, "convert", "--target", source, "--output", output)
        try refused(
            other, "convert", "--target", source, "--preview", "3", "--output", scratch.path("none.png"))
        try refused(other, "convert", "--target", source, "--output", scratch.path("none/%03d.png"))
        for name in ["none.mp4", "none.png", "none/000.png", "w/ledger.jsonl"] {
            #expect(!FileManager.default.fileExists(atPath: scratch.path(name)), "\(name)")
        }
        for (output, more) in [
            ("none.mp4", []), ("none.png", ["--preview", "3"]), ("none/%03d.png", []),
        ] as [(String, [String])] {
            let outcome = try run(
                ["convert", "--target", source, "--output", scratch.path(output), "--allow-unchanged"] + more)
            #expect(
                outcome.status == 0 && outcome.errors.contains("no face was swapped"), "\(outcome.errors)")
            let file = scratch.path(output.replacing("%03d", with: "000"))
            let verify = try run("verify", file, "--json")
            #expect(verify.status == 1, "\(verify.output)")
            let marks = try JSONSerialization.jsonObject(with: Data(verify.output.utf8)) as? [String: Any]
            for layer in marks?["layers"] as? [[String: Any]] ?? [] {
                #expect(layer["found"] as? Bool != true, "\(layer)")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.path("w/ledger.jsonl")))
    }

    private func partly(_ target: String) throws {
        let part = scratch.url.appending(path: "part.mp4")
        let reader = try VideoReader(URL(filePath: target))
        let writer = try VideoWriter(part, like: reader.info)
        var index = 0
        while let frame = try reader.next() {
            // The face for ten frames, then grey.
            let grey = Picture(width: frame.width, height: frame.height, red: 90, green: 90, blue: 90)
            try writer.append(
                index < 10
                    ? frame
                    : frame.replacing(x: 0, y: 0, width: frame.width, height: frame.height, with: grey))
            index += 1
        }
        try writer.finish()
        let output = scratch.path("part-out.mp4")
        let outcome = try run(
            "convert", "--target", part.path, "--output", output, "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let last = try #require(outcome.output.split(separator: "\n").last { $0.contains("\"convert\"") })
        let event = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        let values = try #require(event?["values"] as? [String: Double])
        let swapped = try #require(values["swapped"].map(Int.init))
        #expect(swapped > 5 && swapped < 20 && values["swapped c"] == Double(swapped))
        let comment = try #require(
            VideoReader(URL(filePath: output)).metadata.first { $0.key.lowercased() == "comment" })
        #expect(comment.value.contains("in \(swapped) of 24 frames"))
        if MarkedOutputTests.isSigning {
            let bytes = try Data(contentsOf: URL(filePath: output))
            let words = "A face was replaced by one that a trained model drew, in \(swapped) of 24 frames."
            #expect(bytes.range(of: Data(words.utf8)) != nil)
        }
    }

    private func revoked(_ target: String, _ train: [String]) throws {
        let output = scratch.path("late.mp4")
        let a = try String(run("consent", "list").output.prefix(8))
        try done("consent", "revoke", a, "--reason", "withdrawn")
        let convert = ["convert", "--target", target, "--output", output]
        for more in [
            ["--consent-source", "self:Mallory"], ["--consent-source", "public-domain:Performer A"], [],
        ] {
            let outcome = try run(convert + more)
            #expect(outcome.status == 3, "\(more)")
            // A flag undoes no revocation, and none is advised.
            #expect(!outcome.errors.contains("--consent-source self:"), "\(outcome.errors)")
        }
        try refused(
            ["shows Performer A"], "consent", "add", "--person", "Mallory", "--relation", "self", "--set", "a"
        )
        for question in ["--forecast", "--find-rate"] {
            let outcome = try run(train + [question])
            #expect(outcome.status == 3 && outcome.errors.contains("was revoked on"), "\(outcome.errors)")
        }
        try refused(["was revoked on"], "faces", "export", "a", scratch.path("faces"))
        // What is split from the set stays closed, and so does a packed copy under another name.
        try done("faces", "split", "a", "--face", "2", "--into", "b")
        try refused(
            ["shows Performer A"], "consent", "add", "--person", "Mallory", "--relation", "self", "--set", "b"
        )
        let sets = scratch.url.appending(path: "w/sets")
        try FileManager.default.copyItem(
            at: sets.appending(path: "a.faces.safetensors"), to: sets.appending(path: "x.faces.safetensors"))
        try refused(
            ["holds the faces of the set 'a'"], "train", "--source", "x", "--target", "c", "--device", "cpu",
            "--consent-source", "self:Mallory")

        try done("consent", "add", "--person", "Ben", "--relation", "self")
        let list = try run("consent", "list").output.split(separator: "\n")
        let ben = try String(#require(list.first { $0.contains("  Ben  ") }).prefix(8))
        #expect(try run("consent", "correct", "a", "--to", ben).status == 2, "without a reason")
        try done("consent", "correct", "a", "--to", ben, "--reason", "two names were mixed up")
        #expect(try run("consent", "check").output.contains("two names were mixed up"))
        try refused(
            ["was trained before it was corrected"], "convert", "--target", target, "--output", output)
        let further = try run(train.map { $0 == "1" ? "2" : $0 })
        #expect(further.status == 3 && further.errors.contains("train again"), "\(further.errors)")
        #expect(!FileManager.default.fileExists(atPath: output))

        try FileManager.default.moveItem(
            at: scratch.url.appending(path: "w/model"), to: scratch.url.appending(path: "old model"))
        let again = try run(train + ["--architecture", "quick96"] + Self.narrow)
        #expect(again.status == 0, "\(again.errors)")
        try done("convert", "--target", target, "--output", output)
        let verify = try run("verify", output)
        #expect(verify.output.contains("was corrected: two names were mixed up"), "\(verify.output)")
    }
}
