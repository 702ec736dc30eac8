import Testing
import Workspace

@Suite("Project settings")
struct ProjectSettingsTests {
    @Test("survive the way to the file and back")
    func roundTrip() throws {
        var settings = ProjectSettings()
        settings.extraction.crop = .whole
        settings.extraction.cropFormat = .png
        settings.extraction.minimumFaceWidth = 33.5
        settings.swapping.colour = "none"
        settings.training.seed = 77
        settings.encoding.codec = "ffv1"
        #expect(try ProjectSettings(document: settings.document, name: "x") == settings)
    }

    @Test("a new file says every key with its default and a comment")
    func document() throws {
        let document = ProjectSettings().document
        #expect(try ProjectSettings(document: document, name: "x") == ProjectSettings())
        for line in [
            "[extraction]", "crop = \"full\"", "packed_size = 160", "colour = \"skin\"", "version = 1",
        ] {
            #expect(document.contains("\n\(line)\n"), "\(line) is missing")
        }
        // Each key stands below its comment.
        let lines = document.split(separator: "\n", omittingEmptySubsequences: false)
        for (line, above) in zip(lines.dropFirst(), lines) where line.contains(" = ") {
            #expect(above.hasPrefix("# "), "\(line)")
        }
        // No key is forgotten: 44 values in 4 sections.
        #expect(lines.filter { $0.contains(" = ") && !$0.hasPrefix("#") }.count == 44)
    }

    @Test("an empty file means the defaults")
    func empty() throws {
        #expect(try ProjectSettings(document: "", name: "x") == ProjectSettings())
        let partial = try ProjectSettings(document: "[training]\nseed = 3\n", name: "x")
        #expect(partial.training.seed == 3)
        #expect(partial.extraction == ExtractionSettings())
    }

    @Test(
        "faults are named",
        arguments: [
            ("[extraction]\ncrop_sise = 3\n", "unknown key 'crop_sise' in [extraction]"),
            ("colour = 1\n", "unknown key 'colour'"),
            ("extraction = 1\n", "'extraction' = 1: must be a section"),
            (
                "[extraction]\ncrop_size = \"big\"\n",
                "'extraction.crop_size' = \"big\": must be a whole number"
            ),
            ("[swapping]\nmask = 1\n", "'swapping.mask' = 1: must be a text in quotes"),
            ("[encoding]\nquality = 16.5\n", "'encoding.quality' = 16.5: must be a whole number"),
            ("[encoding]\nquality = [16]\n", "'encoding.quality' = [16]: must be a whole number"),
            ("version = \"1\"\n", "'version' = \"1\": must be a whole number"),
            ("[swapping]\nocclusion = 1\n", "'swapping.occlusion' = 1: must be true or false"),
            ("[extraction]\ncrop = \"nose\"\n", "'extraction.crop' = \"nose\": must be one of \"full\""),
            ("[extraction]\ncrop = \"half\"\n", "'extraction.crop'"),
            ("[extraction]\npacked_size = 130\n", "extraction.packed_size = 130: must be a multiple of 8"),
            (
                "[swapping]\nkeep = [\"eyes\", \"nose\"]\n",
                "swapping.keep = \"nose\": must be one of mouth, eyes, teeth"
            ),
            ("[swapping]\nkeep = \"eyes\"\n", "'swapping.keep' = \"eyes\": must be a list of texts"),
            ("[training]\nseed = -1\n", "training.seed = -1: must be between 0"),
            ("[training]\ncheckpoints = 1\n", "training.checkpoints = 1: must be between 2"),
            ("[training\n", "my.toml, line 1"),
        ])
    func faults(document: String, words: String) throws {
        let error = try #require(throws: WorkspaceError.self) {
            try ProjectSettings(document: document, name: "my.toml")
        }
        #expect(error.message.contains("my.toml"))
        #expect(error.message.contains(words), "\(error.message)")
        #expect(error.isBadInput)
    }

    @Test("a later version is refused")
    func version() throws {
        let error = try #require(throws: WorkspaceError.self) {
            try ProjectSettings(document: "version = 2\nnew_key = 1\n", name: "my.toml")
        }
        #expect(error.code == .tooNew)
    }
}
