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
            ("loss.eye=7", "unknown key 'eye' in [loss]; known are eyes, kind"),
            ("loss", "must read key=value"), ("=3", "must read key=value"), ("batch=", "must read key=value"),
            ("batch=many", "'batch' must be a whole number"), ("loss=3", "'loss' must be a section"),
            ("warp=7", "'warp' must be true or false"),
        ])
    func faults(assignment: String, words: String) throws {
        let error = try #require(throws: WorkspaceError.self) {
            try SettingsDocument.assign([assignment], in: Recipe(), name: "--set")
        }
        #expect(error.message.contains(words) && error.message.contains("--set \(assignment)"))
    }
}
