import Foundation
import Media
import Pictures
import Testing

/// `dimorph-train`: what it is made of, and that it is `dimorph train`.
@Suite("Training worker")
struct WorkerTests {
    /// The words of a help page from where the flags begin.
    private func flags(_ help: String) throws -> Substring {
        help[try #require(help.range(of: "\nCONSENT:\n")).lowerBound...]
    }

    @Test("takes the flags of dimorph train, all of them and no others")
    func flags() throws {
        let own = try Program.start(["--help"], program: Program.worker).finish()
        let other = try Program.run("help", "train")
        #expect(own.status == 0 && own.output.contains("USAGE: dimorph-train"))
        #expect(try flags(own.output) == flags(other.output))
    }

    #if os(Linux)
        @Test("links SQLite, zlib, Swift's and the system's libraries: no FFmpeg, no web, nothing else")
        func libraries() throws {
            let loader = try Program.start(
                [], program: Program.worker, environment: ["LD_TRACE_LOADED_OBJECTS": "1"]
            ).finish()
            let names = loader.output.split(separator: "\n").compactMap {
                $0.split(whereSeparator: \.isWhitespace).first.map {
                    URL(filePath: String($0)).lastPathComponent
                }
            }
            let system = ["linux-vdso", "ld-linux", "libc", "libm", "libgcc_s", "libstdc++"]
            let allowed =
                system + [
                    "libsqlite3", "libz", "libdispatch", "libBlocksRuntime", "libFoundation",
                    "libFoundationEssentials",
                    "libFoundationInternationalization", "lib_FoundationICU",
                ]
            #expect(names.contains("libsqlite3.so.0"))
            let others = names.filter { name in
                let stem = String(name.prefix(while: { $0 != "." }))
                // What a sanitizer needs.
                if Program.isSanitized, ["libresolv", "swift-mutex"].contains(stem) { return false }
                return !allowed.contains(stem) && !stem.hasPrefix("libswift") && !stem.hasPrefix("ld-linux")
            }
            #expect(others.isEmpty)
        }
    #endif

    /// With a sanitizer LibTorch is loaded without RTLD_DEEPBIND, and takes the LAPACK that FFmpeg brings into `dimorph` alone: the
    /// first weights differ by 1e-8 then.
    @Test(
        "trains to the same bits as dimorph train", .enabled(if: Program.isSetUp && !Program.isSanitized))
    func same() throws {
        let scratch = try Scratch()
        try extract(into: scratch.path("one"))
        try FileManager.default.copyItem(atPath: scratch.path("one"), toPath: scratch.path("two"))
        let flags = people + ["--iterations", "3", "--plot"]
        let runs = [
            try Program.start(
                ["train", "--workspace", scratch.path("one")] + flags + [scratch.path("one.png")]
            ).finish(),
            try Program.start(
                ["--workspace", scratch.path("two")] + flags + [scratch.path("two.png")],
                program: Program.worker
            ).finish(),
        ]
        for run in runs { #expect(run.status == 0, "\(run.errors)") }
        let (one, two) = try (arrays(scratch.path("one")), arrays(scratch.path("two")))
        #expect(one.names > 100 && one.header == two.header && one.bytes == two.bytes)
        func picture(_ name: String) throws -> Picture {
            try PictureFile.read(URL(filePath: scratch.path(name)))
        }
        #expect(try picture("one/previews/newest.png") == picture("two/previews/newest.png"))
        // Times stand below the curves, so that no two are alike.
        #expect(try picture("one.png").width == picture("two.png").width)
    }

    @Test(
        "a machine without face networks and libc2pa trains all the same, and says what it leaves out",
        .enabled(if: Program.isSetUp))
    func bare() throws {
        let scratch = try Scratch()
        try extract(into: scratch.path("w"))
        let outcome = try Program.start(
            ["--workspace", scratch.path("w"), "--iterations", "1"] + people, program: Program.worker,
            environment: [
                "DIMORPH_HOME": scratch.url.path,
                "DIMORPH_ENGINE": Program.root.appending(path: ".deps/engine/libdimorph-engine.so").path,
            ]
        ).finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("note: no swap metrics are computed"))
        #expect(outcome.errors.contains("note: previews are unsigned"))
        #expect(outcome.errors.contains("note: the model starts from random parameters"))
        #expect(FileManager.default.fileExists(atPath: scratch.path("w/model/model.safetensors")))
        #expect(!FileManager.default.fileExists(atPath: scratch.path("w/model/best.safetensors")))
    }

    private var people: [String] {
        ["--source", "a", "--target", "c", "--device", "cpu"]
            + ["--consent-source", "synthetic:A", "--consent-target", "synthetic:C"]
    }

    /// Two small face sets.
    private func extract(into workspace: String) throws {
        for (set, clip) in [("a", "performer-a.mp4"), ("c", "target-c.mp4")] {
            let outcome = try Program.run(
                "extract", Program.sample(clip), "--set", set, "--workspace", workspace, "--device", "cpu",
                "--to", "2", "--every", "2")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    /// A checkpoint's arrays; its card tells how long it took, which no two runs have in common.
    private func arrays(_ workspace: String) throws -> (names: Int, header: Data, bytes: Data) {
        let data = try Data(contentsOf: URL(filePath: workspace + "/model/checkpoint.safetensors"))
        let length = data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any]
        let entries = try #require(header).filter { $0.key != "__metadata__" }
        return (
            entries.count, try JSONSerialization.data(withJSONObject: entries, options: .sortedKeys),
            data[(8 + length)...]
        )
    }
}
