import Foundation
import Testing

@testable import Workspace

/// Cases after github.com/toml-lang/toml-test, by hand.
@Suite("TOML")
struct TOMLTests {
    private func table(_ values: [String: Setting]) -> Setting { .table(values) }

    @Test(
        "single values",
        arguments: [
            ("true", .flag(true)), ("false", .flag(false)), ("0", .integer(0)), ("+99", .integer(99)),
            ("-17", .integer(-17)), ("1_000", .integer(1000)), ("0xDEAD_beef", .integer(0xDEAD_BEEF)),
            ("0o755", .integer(0o755)), ("0b1101", .integer(13)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("3.14", .number(3.14)), ("-0.01", .number(-0.01)), ("5e+22", .number(5e22)),
            ("6.626e-34", .number(6.626e-34)), ("1E06", .number(1e6)), ("9_2.5_0", .number(92.5)),
            ("-0.0", .number(-0.0)), ("\"\"", .text("")), ("\"a\\tb\\n\\\"\\\\\"", .text("a\tb\n\"\\")),
            ("\"\\u00e9\\U0001F600\"", .text("é😀")), ("'C:\\no\\escape'", .text("C:\\no\\escape")),
            ("\"\"\"\na\n  b\"\"\"", .text("a\n  b")), ("\"\"\"a \\\n\n   b\"\"\"", .text("a b")),
            ("\"\"\"a\"\" \"\"\"\"\"", .text("a\"\" \"\"")), ("'''\r\nit's'''", .text("it's")),
            ("\"# no comment\" # one", .text("# no comment")), ("1979-05-27", .text("1979-05-27")),
            ("2000-02-29T07:32:00.999Z", .text("2000-02-29T07:32:00.999Z")),
            ("1979-05-27 07:32:00-07:00", .text("1979-05-27 07:32:00-07:00")),
            ("07:32:00", .text("07:32:00")), ("[]", .list([])),
            (
                "[ 1, [2, 3], # c\n \"x\",\n]",
                .list([.integer(1), .list([.integer(2), .integer(3)]), .text("x")])
            ),
            ("{}", .table([:])),
            (
                "{ a = 1, b.c = 2, b.d = 3 }",
                .table(["a": .integer(1), "b": .table(["c": .integer(2), "d": .integer(3)])])
            ),
        ] as [(String, Setting)])
    func values(document: String, expected: Setting) throws {
        #expect(try TOMLDocument.read("key = \(document)") == .table(["key": expected]))
        #expect(try TOMLDocument.read("key=\(document)\r\n# end") == .table(["key": expected]))
    }

    @Test("keys, sections and arrays of sections")
    func structure() throws {
        let document = """
            top.a = 1
            top."b c" = 2
            'q' = 3
            [x.y.z] # makes x and x.y on the way
            1 = true
            [x]
            k = 4
            [x.y]
            [fruit]
            apple.colour = "red"
            [fruit.apple.texture]
            smooth = true
            [[product]]
            name = "Hammer"
            [product.maker]
            town = "Ulm"
            [[product]]
            [[product.variety]]
            n = 1
            [[product.variety]]
            n = 2
            """
        #expect(
            try TOMLDocument.read(document)
                == table([
                    "top": table(["a": .integer(1), "b c": .integer(2)]), "q": .integer(3),
                    "x": table(["y": table(["z": table(["1": .flag(true)])]), "k": .integer(4)]),
                    "fruit": table([
                        "apple": table(["colour": .text("red"), "texture": table(["smooth": .flag(true)])])
                    ]),
                    "product": .list([
                        table(["name": .text("Hammer"), "maker": table(["town": .text("Ulm")])]),
                        table(["variety": .list([table(["n": .integer(1)]), table(["n": .integer(2)])])]),
                    ]),
                ]))
        #expect(try TOMLDocument.read("") == table([:]))
        #expect(try TOMLDocument.read("# only this") == table([:]))
        #expect(try TOMLDocument.read("\t\r\n \n") == table([:]))
    }

    @Test(
        "faults are errors, never an abort",
        arguments: [
            // These aborted the program.
            "[.a]", "[[.", "[[[[", "[", "[[", "[]", "[[]]", "[a", "[[a]", "[[a", "[a]]", "[a.]", "[.",
            ".a = 1",
            "[a..b]", "= 1", "a", "a =", "a = ", "a.", "a. = 1", "a b = 1", "a = 1 b = 2", "a = 1\na = 2",
            "a = 01", "a = -01", "a = 1__0", "a = _1", "a = 1_", "a = 0x", "a = 0x_1", "a = 0o8", "a = 0b2",
            "a = +0x1", "a = 1.", "a = .5", "a = 1.e5", "a = 1e", "a = 1e1.5", "a = 1._5",
            "a = 9223372036854775808", "a = 0xFFFFFFFFFFFFFFFFF", "a = 1e999", "a = inf", "a = -nan",
            "a = truer", "a = True", "a = yes", "a = \"", "a = \"\\", "a = \"\\q\"", "a = \"\\u12\"",
            "a = \"\\uD800\"", "a = \"\\UFFFFFFFF\"", "a = \"x\ny\"", "a = \"x\u{0}\"", "a = 'x",
            "a = '''x''",
            "a = \"\"\"x\"\"", "a = \"\"\"x\"\"\"\"\"\"", "\"\"\"a\"\"\" = 1", "a = [", "a = [1",
            "a = [1,,2]",
            "a = [1 2]", "a = [,]", "a = {", "a = {b", "a = {b = 1,}", "a = {b = 1 c = 2}",
            "a = {b = 1, b = 2}",
            "a = {b = 1\n}", "a = {b = {c = 1}, b.d = 2}", "a = 1979-13-01", "a = 1979-02-30", "a = 25:00:00",
            "a = 1979-05-27T", "a = 07:32", "# \u{1}", "a = 1 # \u{7F}", "a = 1\rb = 2",
            "[a]\n[a]", "[a]\n[[a]]", "[[a]]\n[a]", "a = 1\n[a]", "a = 1\n[a.b]", "a = []\n[[a]]",
            "a = {}\n[a.b]",
            "[a]\nb.c = 1\n[a.b]", "[a.b.c]\n[a]\nb.c.d = 1", "a.b = 1\n[a]", "a = {b = 1}\na.c = 2",
            "[[a.b]]\n[a]\nb.c = 1", "a.b = 1\na.b.c = 2",
        ])
    func faults(document: String) {
        #expect(throws: TOMLDocument.Fault.self) { try TOMLDocument.read(document) }
    }

    @Test("the fault's line is named")
    func line() {
        let error = #expect(throws: WorkspaceError.self) {
            try ProjectSettings(document: "# one\n[training]\n\nseed = x\n", name: "p.toml")
        }
        #expect(error?.message.contains("p.toml, line 4") == true, "\(error?.message ?? "")")
    }

    @Test(
        "what nests deeper than 64 levels is refused, whatever nests",
        arguments: [
            ("a = ", "[", ""), ("a = ", "{a=", ""), ("", "a.", "a = 1"), ("[", "a.", "a]"),
            ("[[", "a.", "a]]"),
            ("a = ", "[{a=", ""),
        ])
    func depth(start: String, part: String, end: String) {
        for count in [65, 200_000] {
            let document = start + String(repeating: part, count: count) + end
            let error = #expect(throws: TOMLDocument.Fault.self) { try TOMLDocument.read(document) }
            #expect(error?.message.contains("nests deeper") == true, "\(error?.message ?? "")")
        }
        #expect(throws: Never.self) {
            try TOMLDocument.read(
                "a = " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
        }
    }

    @Test("a long document of many sections takes no time")
    func size() throws {
        let document = String(repeating: "[[a]]\nb = 1\n", count: 50_000)
        let clock = ContinuousClock()
        let time = try clock.measure {
            guard case .list(let tables) = try TOMLDocument.read(document)["a"] else {
                Issue.record("no array of sections")
                return
            }
            #expect(tables.count == 50_000)
        }
        #expect(time < .seconds(10))
    }
}
