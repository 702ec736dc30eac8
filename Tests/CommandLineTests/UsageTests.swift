import Foundation
import Media
import Pictures
import Testing

/// What the program answers to wrong usage (exit code 2) and bad input (3): always in words that name the fault.
@Suite("Wrong usage and bad input")
struct UsageTests {
    static let extract: [String] = ["extract", "a.mp4", "--set", "a", "--workspace", "w"]
    static let export: [String] = ["export", "--workspace", "w", "--output", "m.safetensors"]
    static let convert: [String] = ["convert", "--target", "b.mp4", "--workspace", "w", "--output"]
    static let complete: [String] = ["swap", "--source", "a.mp4", "--target", "b.mp4", "--output", "c.mp4"]

    @Test(
        "wrong usage",
        arguments: [
            (["swap"], "--source"),
            (["fly"], "fly"),
            (complete + ["--minutes", "-1"], "--minutes -1.0: must be more than 0"),
            (complete + ["--minutes", "soon"], "soon"),
            (complete + ["--iterations", "0"], "--iterations 0"),
            (complete + ["--target-error", "2"], "--target-error 2.0"),
            (complete + ["--seed", "-4"], "--seed -4"),
            (complete + ["--preset", "slow"], "slow"),
            (complete + ["--device", "toaster"], "--device toaster"),
            (complete + ["--quality", "70"], "--quality 70"),
            (complete + ["--codec", "ffv1"], "--codec ffv1 requires --output with .mkv"),
            (complete + ["--colour"], "--colour"),
            (["swap", "--source", "a.mp4", "--target", "b.mp4", "--output", "c.txt"], ".mp4, .mov or .mkv"),
            (["swap", "--source", "a.mp4", "--target", "b.mp4", "--output", "./b.mp4"], "one of the inputs"),
            (["convert", "--target", "b.mp4", "--output", "b.mp4", "--workspace", "w"], "one of the inputs"),
            (convert + ["c.mp4", "--compare", "./c.mp4"], "--compare ./c.mp4 is one of the inputs"),
            (convert + ["c.mp4", "--compare", "d.png"], "--compare d.png: the name must end in"),
            (convert + ["c.mp4", "--preview", "3"], "use a name such as frame.png"),
            (convert + ["c.png", "--preview", "-3"], "--preview -3: must be 0 or more"),
            (convert + ["c.png", "--preview", "3", "--compare", "d.mp4"], "use --preview with --beside"),
            (convert + ["c.mp4", "--beside"], "--beside requires --preview"),
            (convert + ["c.mp4", "--colour", "sepia"], "must be one of skin, light, seamless"),
            (convert + ["c.mp4", "--map", "ben"], "--map"),
            (convert + ["c.mp4", "--map", "ben=anna", "--map", "ben=dora"], "each target must be unique"),
            (
                convert + ["c.mp4", "--map", "a=b", "--map", "c=d", "--consent-source", "self:B"],
                "apply to one person"
            ),
            (convert + ["c.mp4", "--layer", "face"], "--layer face requires an alpha channel"),
            (
                convert + ["c.mov", "--layer", "face", "--codec", "prores", "--pixel-format", "yuv422p10le"],
                "which yuv422p10le lacks"
            ),
            (
                convert + ["c.mp4", "--layer", "mask", "--compare", "d.mp4"],
                "cannot be combined with --layer"
            ),
            (convert + ["c.png", "--preview", "3", "--layer", "face"], "which --preview does not support"),
            (convert + ["c/%05d.png", "--codec", "ffv1"], "is a lossless picture sequence"),
            (convert + ["c/%05d.png", "--shard", "1/2"], "written in one run"),
            (convert + ["c.mp4", "--pixel-format", "yuv9"], "unknown pixel format"),
            (convert + ["c.mp4", "--mask", "square"], "must be one of learned, hull"),
            (convert + ["c.mp4", "--feather", "2"], "swapping.feather = 2.0: must be between"),
            (complete + ["--colour-strength", "2"], "must be between 0.0 and 1.0"),
            (["train", "--source", "a", "--target", "a", "--workspace", "w"], "same set"),
            (
                ["train", "--source", "a", "--target", "b", "--workspace", "w", "--plot", "a.jpg"],
                "--plot a.jpg: curves are drawn as PNG"
            ),
            (["info", "--plot", "a.png"], "--plot requires --workspace"),
            (["extract", "a.mp4", "--set", "../a", "--workspace", "w"], "is not a valid set name"),
            (extract + ["--every", "0"], "--every 0: must be between 1 and 1000"),
            (extract + ["--max-faces", "0"], "--max-faces 0"),
            (extract + ["--size", "16"], "--size 16"),
            (extract + ["--crop", "torso"], "torso"),
            (extract + ["--from", "1:75"], "1:75"),
            (extract + ["--from", "1:2:3:4"], "1:2:3:4"),
            (extract + ["--from", "0:02:00", "--to", "90"], "--to: must be greater than --from"),
            (
                ["evaluate", "a.mp4", "--target", "b.mp4", "--source", "c.mp4", "--mask", "m.mkv"],
                "--mask requires --truth"
            ),
            (
                ["evaluate", "a.mp4", "--target", "b.mp4", "--source", "c.mp4", "--html", "r.pdf"],
                "use a name such as report.html"
            ),
            (["export", "--workspace", "w", "--output", "m.pt"], "must end in .safetensors"),
            (export + ["--torchscript", "m.onnx"], "must end in .pt"),
            (export + ["--as", "a"], "--as requires --torchscript"),
            (["models", "--resolution", "8"], "--resolution 8: must be between"),
            (["models", "--batch", "0"], "--batch 0"),
            (["faces", "list", "a", "--workspace", "w", "--sort", "beauty"], "- motion_blur"),
            (["faces", "list", "a", "--workspace", "w", "--limit", "0"], "--limit 0: must be at least 1"),
            (["faces", "reject", "a", "--workspace", "w"], "Specify one or more rules"),
            (
                ["faces", "reject", "a", "yaw < 3", "--faces", "1", "--workspace", "w"],
                "Specify one or more rules"
            ),
            (["faces", "reject", "a", "yaaw < 3", "--workspace", "w"], "unknown key 'yaaw'"),
            (["faces", "restore", "a", "--workspace", "w"], "Specify --reason"),
            (["faces", "restore", "a", "--reason", "bad", "--workspace", "w"], "byHand, byRule, surplus"),
            (["faces", "best", "a", "--count", "0", "--workspace", "w"], "--count 0: must be at least 1"),
            (["faces", "sort", "a", "--by", "yaw", "--output", "a.gif", "--workspace", "w"], ".png or .jpg"),
        ])
    func usage(arguments: [String], words: String) throws {
        let outcome = try Program.start(arguments).finish()
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    private func swap(_ source: String, _ output: String) throws -> Program.Outcome {
        try Program.run(
            "swap", "--source", source, "--target", Program.sample("target-c.mp4"), "--output", output)
    }

    private func expect(
        _ outcome: Program.Outcome, _ words: String..., made scratch: Scratch, only names: [String] = []
    ) throws {
        #expect(outcome.status == 3, "\(outcome.errors)")
        for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == names)
    }

    @Test("no such file")
    func missing() throws {
        let scratch = try Scratch()
        try expect(
            swap(scratch.path("no.mp4"), scratch.path("o.mp4")), "no.mp4: no such file",
            made: scratch)
    }

    @Test("a text file named .mp4")
    func text() throws {
        let scratch = try Scratch()
        let file = try scratch.write("I am no video.\n", to: "text.mp4")
        try expect(swap(file, scratch.path("o.mp4")), "text.mp4", made: scratch, only: ["text.mp4"])
    }

    @Test("a video that is cut off")
    func truncated() throws {
        let scratch = try Scratch()
        let whole = try Data(contentsOf: URL(filePath: Program.sample("target-c.mp4")))
        try whole.prefix(whole.count * 2 / 3).write(to: scratch.url.appending(path: "cut.mp4"))
        try expect(
            swap(scratch.path("cut.mp4"), scratch.path("o.mp4")), "cut.mp4", made: scratch, only: ["cut.mp4"])
    }

    @Test("an output folder that is missing, or takes no files, is noticed before any work")
    func output() throws {
        let scratch = try Scratch()
        let source = Program.sample("performer-a.mp4")
        try expect(swap(source, scratch.path("no/o.mp4")), "there is no such folder", made: scratch)
        // Permissions do not stop root; the kernel's own folder takes no files from anyone.
        try expect(swap(source, "/proc/o.mp4"), "/proc cannot be written to", made: scratch)
    }

    @Test("a folder that is no workspace; a workspace with an unknown setting")
    func workspace() throws {
        let scratch = try Scratch()
        try expect(
            try Program.run("info", "--workspace", scratch.url.path), "is not a workspace", made: scratch)
        _ = try scratch.write("[training]\nsede = 1\n", to: "dimorph.toml")
        let outcome = try Program.run(
            "train", "--source", "a", "--target", "b", "--workspace", scratch.url.path)
        try expect(
            outcome, "dimorph.toml: unknown key 'sede' in [training]", made: scratch, only: ["dimorph.toml"])
    }

    @Test(
        "pictures without a face; a set that is not there; a model cut in half", .enabled(if: Program.isSetUp)
    )
    func faces() throws {
        let scratch = try Scratch()
        let folder = scratch.url.appending(path: "grey")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try PictureFile.write(
            Picture(width: 320, height: 240, red: 128, green: 120, blue: 110),
            to: folder.appending(path: "1.png"))
        let workspace = scratch.path("w")
        try expect(
            try Program.run("extract", folder.path, "--set", "grey", "--workspace", workspace),
            "no face was found in \(folder.path)", "use a video", made: scratch, only: ["grey", "w"])
        try expect(
            try Program.run("train", "--source", "grey", "--target", "blue", "--workspace", workspace),
            "grey.faces.safetensors is missing", made: scratch, only: ["grey", "w"])
        try expect(
            try Program.run("export", "--output", scratch.path("m.safetensors"), "--workspace", workspace),
            "There is no model at", "dimorph train", made: scratch, only: ["grey", "w"])
        try expect(
            try Program.run(
                "export", "--output", workspace + "/no/model.safetensors", "--workspace", workspace),
            "there is no such folder", made: scratch, only: ["grey", "w"])
        let model = scratch.url.appending(path: "w/model")
        try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
        try Data(repeating: 1, count: 1000).write(to: model.appending(path: "model.safetensors"))
        try expect(
            try Program.run(
                "convert", "--target", Program.sample("target-c.mp4"), "--output", scratch.path("o.mp4"),
                "--workspace",
                workspace), "model.safetensors", made: scratch, only: ["grey", "w"])
    }
}
