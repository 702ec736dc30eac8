"""Finds in Swift source the operators and constants that a mutant changes. A lexer, not a parser: see Documentation/Mutation.md."""
import re
from decimal import Decimal

PAIRS = [("+", "-"), ("*", "/"), ("+=", "-="), ("*=", "/="), ("&+", "&-"), ("<", "<="), (">", ">="), ("==", "!="),
         ("===", "!=="), ("&&", "||"), ("...", "..<"), ("true", "false"), ("min", "max")]
SWAPS = {old: new for a, b in PAIRS for old, new in ((a, b), (b, a))}
STRING = re.compile(r'(#*)("""|")')
REGEX = re.compile(r"/(?![\s*/)])(?:\\.|[^/\\\n])+/|#/(?:\\.|[^\\\n])+?/#")
TOKEN = re.compile(r"""(?P<number>0x[\da-fA-F_]+|0[ob][0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d]\w*|\$\w+) |(?P<range>\.\.\.|\.\.<) |(?P<operator>[-+*/<>=!&|^~%]+)""", re.X)
# Directives, imports, operator declarations, names of operator functions, generic where clauses: nothing to mutate.
SKIPPED = [re.compile(pattern, re.M) for pattern in (
    r"^[ \t]*#(?:if|elseif|else|endif|warning|error|sourceLocation)\b.*$",
    r"^[ \t]*(?:@?\w+[ \t]+)*import\b.*$", r"^[ \t]*(?:\w+[ \t]+)*(?:operator|precedencegroup)\b.*$",
    r"\bfunc[ \t]+[-+*/<>=!&|^~%.]+",
    r"(?<![.\w])(?:extension|func|init|subscript|struct|enum|class|actor|protocol|associatedtype)\b[^{}]*?"
    r"\bwhere\b(?:[^{}\n]*,\n)*[^{}\n]*")]
ATTRIBUTE = re.compile(r"@\w+|#(?:un)?available")
MESSAGE = re.compile(r"\b(?:precondition|preconditionFailure|assert|assertionFailure|fatalError)(?=\()")


def code_of(text):
    """The text with all but code blanked (a string keeps its quotes), and each character's depth of interpolation."""
    code, depths, size = [c if c == "\n" else " " for c in text], bytearray(len(text)), len(text)

    def read_string(match, depth):
        end, escape, i = match[2] + match[1], "\\" + match[1], match.end()
        code[match.start()] = '"'
        while i < size and not text.startswith(end, i):
            if text.startswith(escape, i):
                i += len(escape) + 1
                if text[i - 1 : i] == "(":
                    i = read_code(i, depth + 1)
            elif text[i] == "\n" and match[2] == '"':
                return i
            else:
                i += 1
        i = min(i + len(end), size)
        code[i - 1] = '"'
        return i

    def read_code(i, depth):
        parentheses, last = 0, "\n"
        while i < size:
            if text.startswith("//", i):
                i = (text.find("\n", i) + size + 1) % (size + 1)
            elif text.startswith("/*", i):
                nested, i = 1, i + 2
                while nested and i < size:
                    step = {"/*": 1, "*/": -1}.get(text[i : i + 2], 0)
                    nested, i = nested + step, i + (2 if step else 1)
            elif match := STRING.match(text, i):
                i, last = read_string(match, depth), '"'
            elif last in "\n(,=:[{!&|?;" and (match := REGEX.match(text, i)):
                i, last = match.end(), '"'
            elif text[i] == "`" and (end := text.find("`", i + 1)) > 0:
                code[i : end + 1] = "_" * (end + 1 - i)
                i, last = end + 1, "_"
            else:
                parentheses += {"(": 1, ")": -1}.get(text[i], 0)
                if depth and parentheses < 0:
                    return i + 1
                code[i], depths[i] = text[i], depth
                last = text[i] if not text[i].isspace() or text[i] == "\n" else last
                i += 1
        return i

    read_code(0, 0)
    return code, depths


def closing(code, start):
    """The index behind the parenthesis that closes the one at `start`."""
    depth = 0
    for i in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[i], 0)
        if depth == 0:
            return i + 1
    return len(code)


def changed_number(literal):
    """n + 1 for an integer, in its own radix; one and a half times a decimal fraction; 1 for zero."""
    digits = literal.replace("_", "")
    if re.match("0[xob]", digits):
        return digits[:2] + format(int(digits, 0) + 1, f"0{len(digits) - 2}{digits[1]}")
    if re.fullmatch(r"\d+", digits):
        return str(int(digits) + 1)
    value = Decimal(digits)
    return "1.0" if value == 0 else str(value * Decimal("1.5")).lower()


def find_mutations(text):
    """All candidates as (offset, old, new), in the order of the text."""
    code, depths = code_of(text)
    plain = "".join(code)
    for pattern in SKIPPED:
        plain = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), plain)
    blanked = list(plain)
    for match in ATTRIBUTE.finditer(plain):
        end = closing(plain, match.end()) if plain[match.end() : match.end() + 1] == "(" else match.end()
        blanked[match.start() : end] = [c if c == "\n" else " " for c in blanked[match.start() : end]]
    for match in MESSAGE.finditer(plain):
        for i in range(match.end(), closing(plain, match.end())):
            blanked[i] = " " if depths[i] > depths[match.start()] else blanked[i]
    plain, found = "".join(blanked), []
    for match in TOKEN.finditer(plain):
        old, start, end = match[0], match.start(), match.end()
        before, after = plain[start - 1 : start] or " ", plain[end : end + 1] or " "
        if match["number"]:
            if before != "." or plain[start - 3 : start] == "...":  # not the index of a tuple's element
                found.append((start, old, changed_number(old)))
        elif match["word"]:
            declared = re.search(r"\bfunc\s+$", plain[max(0, start - 20) : start])
            if old in ("true", "false") and before != "." or old in ("min", "max") and after == "(" and not declared:
                found.append((start, old, SWAPS[old]))
        elif match["range"]:
            if re.match(r"[\w$(.-]", after) or before.isspace() and after.isspace():  # not variadic, not `n...`
                found.append((start, old, SWAPS[old]))
        elif old == "!":
            if not re.match(r"[\w)\]}>?!\"]", before) and not after.isspace():
                found.append((start, old, ""))
        elif old in SWAPS:
            spaced = before.isspace() and after.isspace()
            value = re.match(r"[\s(]", before) and after in "),"  # `reduce(0, +)`
            tight = old[0] not in "<>" and re.match(r"[\w)\]]", before) and re.match(r"[\w($]", after)
            # Text is joined by `+` and a parameter's scope extended by `/`: neither has the opposite operator.
            texts = old in "+/" and '"' in (plain[:start].rstrip()[-1:], plain[end:].lstrip()[:1])
            if (spaced or value or tight) and not texts:
                found.append((start, old, SWAPS[old]))
    return found
