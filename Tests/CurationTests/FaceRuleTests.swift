import Curation
import Testing
import Workspace

@Suite("Rules")
struct FaceRuleTests {
    @Test(
        "say what they mean",
        arguments: [
            ("sharpness < 20", false), ("sharpness <= 50", true), ("sharpness >= 50", true),
            ("sharpness > 50", false), ("sharpness = 50", true), ("sharpness != 50", false),
            ("width<81 and(yaw>=-30)", true), ("yaw < -29.5", true), ("yaw > +1e1", false),
            // `and` binds closer than `or`; brackets and `not` closer than both.
            ("yaw < 0 or width > 100 and width > 200", true),
            ("(yaw < 0 or width > 100) and width > 200", false),
            ("not yaw < 0 or width = 80", true), ("not (yaw < 0 or width = 80)", false),
            ("not not yaw < 0", true), ("turn > 29.9 and turn < 30.1", true), ("id = 7", true),
        ])
    func meaning(text: String, fits: Bool) throws {
        #expect(try FaceRule(text).matches(summary(7, yaw: -30)) == fits)
        #expect(try FaceRule(text).description == text)
    }

    @Test("never leave a face out for a figure that was not measured")
    func unmeasured() throws {
        let face = summary(1, sharpness: nil)
        for text in ["sharpness < 20", "not sharpness < 20", "sharpness < 20 or not sharpness < 20"] {
            #expect(try !FaceRule(text).matches(face))
        }
        #expect(try FaceRule("sharpness < 20 or width = 80").matches(face))
        #expect(try !FaceRule("not (sharpness < 20 and width = 80)").matches(face))
        #expect(try FaceRule("not (sharpness < 20 and width = 81)").matches(face))
    }

    @Test(
        "that cannot be meant are errors that say why",
        arguments: [
            ("", "it is empty"), ("   ", "it is empty"), ("sharpnes < 20", "did you mean sharpness?"),
            ("blur < 20", "unknown key 'blur'; keys are sharpness, motion_blur"), ("yaw", "not the end"),
            ("yaw 20", "one of < <= > >= = != is expected, not '20'"),
            ("yaw < high", "a number is expected, not 'high'"),
            ("yaw < nan", "a number is expected, not 'nan'"), ("yaw < inf", "a number"),
            ("yaw =< 3", "not '=<'"),
            ("yaw < 3 width < 4", "'width' cannot follow"), ("(yaw < 3", "bracket"),
            ("yaw < 3)", "')' cannot"),
            ("yaw < 3 and", "ends where a key was expected"), ("yaw < 3; drop", "';' is not allowed"),
            (String(repeating: "(", count: 1001), "at most 1000"),
            (String(repeating: "(", count: 1000), "ends where a key"),
        ])
    func errors(text: String, words: String) throws {
        let error = try #require(throws: CurationError.self) { try FaceRule(text) }
        #expect(error.code == .rule && error.message.contains(words), "\(error.message)")
        #expect(error.message.hasPrefix("rule '\(text)'"))
    }

    @Test("sort keys put the better end first, what has no value last, and keep equals in order")
    func sorting() {
        let faces = [
            summary(1, yaw: 5, sharpness: 3), summary(2, yaw: -9, sharpness: nil),
            summary(3, yaw: 1, sharpness: 8),
            summary(4, yaw: 5, sharpness: 3),
        ]
        #expect(SortKey.sharpness.sorted(faces).map(\.id) == [3, 1, 4, 2])
        #expect(SortKey.sharpness.sorted(faces, reversed: true).map(\.id) == [1, 4, 3, 2])
        #expect(SortKey.turn.sorted(faces).map(\.id) == [3, 1, 4, 2])
        #expect(SortKey.yaw.sorted(faces).map(\.id) == [2, 3, 1, 4])
        #expect(SortKey.yaw.sorted(faces, reversed: true).map(\.id) == [1, 4, 3, 2])
    }

    @Test("a table has a column a key, and says why a face was left out")
    func table() {
        var out = summary(12, yaw: -30)
        (out.rejection, out.remark, out.cropFile) = (.byRule, "yaw < 0", "1-a/12.png")
        let lines = FaceTable([summary(3, sharpness: nil), out], keys: [.yaw, .sharpness]).text.split(
            separator: "\n")
        #expect(
            lines == [
                "id  crop        frame    yaw  sharpness  excluded",
                " 3  (none)          3    0.0          -",
                "12  1-a/12.png     12  -30.0      50.00  byRule: yaw < 0",
            ])
    }
}
