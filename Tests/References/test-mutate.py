"""Tests of the mutation finder: what it changes, and what it leaves. `Scripts/mutate --self-test` runs them."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../Scripts"))
from mutation.finder import changed_number, code_of, find_mutations  # noqa: E402


def changes(text):
    return [(old, new) for _, old, new in find_mutations(text)]


class Found(unittest.TestCase):
    def check(self, text, *expected):
        self.assertEqual(changes(text), list(expected), text)

    def test_arithmetic(self):
        self.check("a + b - c", ("+", "-"), ("-", "+"))
        self.check("a*b / c", ("*", "/"), ("/", "*"))
        self.check("x.reduce(0, +)", ("0", "1"), ("+", "-"))
        self.check("dot += u &+ v", ("+=", "-="), ("&+", "&-"))

    def test_comparison_and_logic(self):
        self.check("a < b || a >= c", ("<", "<="), ("||", "&&"), (">=", ">"))
        self.check("a == b && c != d", ("==", "!="), ("&&", "||"), ("!=", "=="))
        self.check("sorted(by: <)", ("<", "<="))
        self.check("if !a, b!.c, d! == e {}", ("!", ""), ("==", "!="))
        self.check("guard isOdd == true else { return false }", ("==", "!="), ("true", "false"), ("false", "true"))

    def test_ranges_and_functions(self):
        self.check("for i in a..<b {}", ("..<", "..."))
        self.check("x[...n]", ("...", "..<"))
        self.check("max(a, b.min())", ("max", "min"), ("min", "max"))

    def test_numbers(self):
        for old, new in {"0": "1", "7": "8", "1_000": "1001", "0.0": "1.0", "0.5": "0.75", "1e-24": "1.5e-24",
                         "0xff": "0x100", "0x0f": "0x10", "0o17": "0o20", "0b101": "0b110"}.items():
            self.assertEqual(changed_number(old), new)
            self.check(f"let x = {old}", (old, new))
        self.check("[0...5]", ("0", "1"), ("...", "..<"), ("5", "6"))

    def test_interpolation(self):
        self.check(r'throw tampered("line \(n - 1) + 2")', ("-", "+"), ("1", "2"))
        self.check(r'f("\(g("a + 1", b))" , 3)', ("3", "4"))

    def test_offsets(self):
        text = "// 1 + 2\nlet a = \"3 - 4\", b = 5 * c /* 6 */\n"
        self.assertEqual([(text[o : o + len(old)], old) for o, old, _ in find_mutations(text)], [("5", "5"), ("*", "*")])


class Left(unittest.TestCase):
    def test_nothing_to_change(self):
        for text in (
            "// a + 1 < 2", "/// Shapes: `[N, 3, H, W]` → `[N, 3, H/2, W/2]`.", "/* a + /* 1 */ 2 - 3 */ b",
            '"a + 1 == true"', r'"\"1 + 2"', '#"1 \\(2 + 3) " 4"#', '"""\n1 + "2"\n  \\\n3 - 4\n"""', '"a" + b', 'b + "a"', 'scope / "a"',
            "import Foundation", "@testable import A1", "@available(macOS 15, *)", "#if swift(>=6.2) && true",
            "guard #available(macOS 15.0, *) else {}", "@Option(name: .short, help: 2) var x: Int",
            "func f<T>(_ a: Array<T>, b: Int...) -> Set<Int>", "let f: (Int) -> Void", "struct A<B: C> {}",
            "private(set) var a: UInt8", "static func + (a: A, b: A) -> A", "static func == (a: A, b: A) -> Bool",
            "infix operator ** : MultiplicationPrecedence", "extension A where B == Int {", "func f<T>() -> T where T == U,\n V == W {",
            "let a = -b", "pair.0", "$0.1 ", "a.0.1", "c1", "a?.b!", "var a: Int!", "head[count...]", "Int.max",
            "func min(_ a: Int)", "f(max: a)", "x = .true", "`true`", "wholeMatch(of: /a[0-9]+/)", "let r = #/1 + 2/#",
        ):
            self.assertEqual(changes(text), [], text)

    def test_messages_of_preconditions(self):
        self.assertEqual(changes(r'precondition(a > 0, "\(a + 1) is under \(2)")'), [(">", ">="), ("0", "1")])
        self.assertEqual(changes(r'fatalError("no \(a - 1)")'), [])

    def test_where_of_statements_stays(self):
        self.assertEqual(changes("func f() { for a in b where a == c {} }"), [("==", "!=")])

    def test_sources_are_read_to_the_end(self):
        """Brackets of what the lexer takes for code balance in every file, so that no string or comment is left open."""
        root = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../Sources")
        for folder, _, names in os.walk(root):
            for name in (n for n in names if n.endswith(".swift")):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    text = file.read()
                code, depths = code_of(text)
                plain = "".join(c for c, depth in zip(code, depths) if depth == 0)
                for left, right in ("()", "[]", "{}"):
                    self.assertEqual(plain.count(left), plain.count(right), f"{name}: {left}{right}")
                self.assertEqual(len(code), len(text))


if __name__ == "__main__":
    unittest.main()
