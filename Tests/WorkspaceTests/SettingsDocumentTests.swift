import Testing
import Workspace

@Suite("Settings document")
struct SettingsDocumentTests {
    private struct Recipe: Codable, Equatable {
        struct Loss: Codable, Equatable {
            var eyes = 4.0
            var kind = "ssim"
        }
        var batch = 8
        var betas = [0.9, 0.99]
        var colourTransfer = "none"
        var warp = true
        var mode = Mode.first
        enum Mode: String, Codable, CaseIterable { case first, second }
        var loss = Loss()
    }

    @Test("is written with its sections and read back")
    func roundTrip() throws {
        var recipe = Recipe()
        (recipe.loss.kind, recipe.betas, recipe.colourTransfer) = ("a \"b\" \\ c", [0.5, 0.999], "rct")
        let text = try SettingsDocument.text(of: recipe)
        #expect(text.contains("colour_transfer = \"rct\"\n") && text.contains("\n[loss]\n"))
        #expect(try SettingsDocument.read(text, over: Recipe(), name: "x") == recipe)
        #expect(try SettingsDocument.read("", over: recipe, name: "x") == recipe)
    }

    @Test("takes single values, bare words as texts")
    func assignments() throws {
        let changed = try SettingsDocument.assign(
            ["loss.eyes=7", "loss.kind = msssim", "warp=false", "betas=[0.5, 0.9]", "batch=2"], in: Recipe(),
            name: "--set")
        var expected = Recipe()
        (expected.loss.eyes, expected.loss.kind, expected.warp) = (7, "msssim", false)
        (expected.betas, expected.batch) = ([0.5, 0.9], 2)
        #expect(changed == expected)
    }

    @Test("stored by an earlier version lacks what is new and holds what is gone")
    func restored() throws {
        let stored = #"{"batch": 3, "gone": 1, "loss": {"eyes": 9, "ears": 2}}"#
        var expected = Recipe()
        (expected.batch, expected.loss.eyes) = (3, 9)
        #expect(try SettingsDocument.restored(stored, over: Recipe()) == expected)
        // A section that was a number then.
        #expect(try SettingsDocument.restored(#"{"loss": 3}"#, over: Recipe()) == Recipe())
        #expect(
            try SettingsDocument.restored(SettingsDocument.json(of: expected), over: Recipe()) == expected)
    }

    @Test(
        "faults name the assignment and what is known",
        arguments: [
            ("loss.eye=7", "unknown key 'eye' in [loss]; known keys are eyes, kind"),
            ("loss", "must have the form key=value"), ("=3", "must have the form key=value"),
            ("batch=", "must have the form key=value"),
            ("batch=many", "'batch' = \"many\": must be a whole number"),
            ("batch=8.5", "'batch' = 8.5: must be a whole number"),
            ("batch=true", "'batch' = true: must be a whole number"),
            ("batch={a = 1}", "'batch' = a section: must be a whole number"),
            ("loss=3", "'loss' = 3: must be a section"),
            ("loss.eyes=wide", "'loss.eyes' = \"wide\": must be a number"),
            ("loss.kind=3", "'loss.kind' = 3: must be a text in quotes"),
            ("warp=7", "'warp' = 7: must be true or false"),
            ("betas=3", "'betas' = 3: must be a list of numbers"),
            ("betas=[1, \"a\"]", "'betas' = [1, \"a\"]: must be a list of numbers"),
            ("mode=third", "'mode' = \"third\": must be one of \"first\", \"second\""),
        ])
    func faults(assignment: String, words: String) throws {
        let error = try #require(throws: WorkspaceError.self) {
            try SettingsDocument.assign([assignment], in: Recipe(), name: "--set")
        }
        #expect(error.message.contains(words) && error.message.contains("--set \(assignment)"))
    }
}
