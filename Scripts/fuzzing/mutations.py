"""Mutations of bytes, texts and JSON values, each with a given random generator."""
import json
import re
from itertools import islice

NUMBERS = [
    "0", "-0", "1", "-1", "2", "127", "128", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648",
    "-2147483648", "-2147483649", "4294967295", "4294967296", "4611686018427387904", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "18446744073709551615", "1e9", "1e15", "1e19", "1e38", "1e39", "1e300",
    "1e308", "1e309", "-1e300", "1e-300", "5e-324", "0.5", "-0.5", "1e999", "NaN", "nan", "inf", "-inf", "0x10", "01", "null",
    "true", '"1"', "[]", "{}",
]
TEXTS = [
    "", " ", ".", "..", "../x", "../../../../etc/passwd", "/etc/passwd", "/dev/null", "a/b", "a\\b", "a\u0000b", "\n", "%s%n%@",
    "%1$@", "é", "\U0001f600", "\u202e", "x" * 300, "x" * 70000, "CON", "-", "--json", "a.faces.safetensors",
]
INTEGERS = [0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def of_bytes(data, r, others=()):
    """Flips, cuts, inserts, repeats and splices bytes."""
    data = bytearray(data)
    for _ in range(r.choice([1, 1, 1, 2, 4, 16])):
        n = len(data)
        if n == 0:
            data += bytes([r.randrange(256)])
            continue
        at = r.randrange(n) if r.random() < 0.6 else r.randrange(min(n, 512))
        kind = r.randrange(9)
        if kind == 0:
            data[at] ^= 1 << r.randrange(8)
        elif kind == 1:
            data[at] = r.choice([0, 0xFF, 0x7F, 0x80, r.randrange(256)])
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            del data[at : at + r.choice([1, 4, 16, 1000])]
        elif kind == 4:
            data[at:at] = bytes(r.choice([1, 4, 64, 5000]))
        elif kind == 5:
            value, width = r.choice(INTEGERS), r.choice([1, 2, 4, 8])
            packed = (value & ((1 << 8 * width) - 1)).to_bytes(width, r.choice(["big", "little"]))
            data[at : at + width] = packed
        elif kind == 6:
            part = data[at : at + r.choice([1, 8, 100, 4000])]
            data[at:at] = part * r.choice([1, 2, 50])
        elif kind == 7 and others:
            other = r.choice(list(others))
            start = r.randrange(max(1, len(other)))
            data[at:] = other[start:]
        else:
            for i in range(at, min(n, at + r.choice([4, 64, 2000]))):
                data[i] = r.randrange(256)
    return bytes(data)


def of_text(text, r, fragments=()):
    """Edits numbers, lines, brackets and fragments of a text format."""
    for _ in range(r.choice([1, 1, 2, 3, 6])):
        kind = r.randrange(12)
        lines = text.split("\n")
        at = r.randrange(len(lines))
        if kind <= 2:
            found = list(re.finditer(r"-?\d+(\.\d+)?(e-?\d+)?", text))
            if found:
                m = r.choice(found)
                text = text[: m.start()] + r.choice(NUMBERS) + text[m.end() :]
                continue
        if kind == 3:
            del lines[at]
            text = "\n".join(lines)
        elif kind == 4:
            lines.insert(r.randrange(len(lines) + 1), lines[at])
            text = "\n".join(lines)
        elif kind == 5 and fragments:
            lines.insert(at, r.choice(fragments))
            text = "\n".join(lines)
        elif kind == 6:
            found = list(re.finditer(r'"[^"\n]*"|\'[^\'\n]*\'', text))
            if found:
                m = r.choice(found)
                text = text[: m.start()] + '"' + r.choice(TEXTS) + '"' + text[m.end() :]
        elif kind == 7:
            place = r.randrange(len(text) + 1)
            text = text[:place] + r.choice(list("[]{}().,=\"'#\\-_+\t\r\n\x00\x7fé") + ["[[", "]]", '"""', "'''", "\\u", "1979-05-27"]) + text[place:]
        elif kind == 8:
            place = r.randrange(len(text) + 1)
            text = text[:place] + r.choice(["[", "{a=", "[[", '{"a":', "a.", "("]) * r.choice([3, 70, 600, 30000]) + text[place:]
        elif kind == 9:
            text = text[: r.randrange(len(text) + 1)]
        elif kind == 10 and len(text) > 2:
            a, b = sorted(r.randrange(len(text)) for _ in range(2))
            text = text[:a] + text[b : b + 200] + text[a:]
        else:
            place = r.randrange(max(1, len(text)))
            text = text[:place] + text[place + 1 :]
    return text


def walk(value):
    """Paths to all values; iterative, since hostile values are nested more deeply than Python's recursion limit."""
    rest = [((), value)]
    while rest:
        path, value = rest.pop()
        yield path
        inner = value.items() if isinstance(value, dict) else enumerate(value[:40]) if isinstance(value, list) else ()
        rest += [(path + (key,), each) for key, each in inner]


def hostile_value(r, depth=0):
    kind = r.randrange(7)
    if kind == 0:
        return r.choice([0, 1, -1, 2, 1 << 31, -(1 << 31), 1 << 62, (1 << 63) - 1, -(1 << 63), 1 << 63, 1 << 64])
    if kind == 1:
        return r.choice([0.5, -0.5, 1e30, -1e30, 1e300, 1e-300, 5e-324, 1e308])
    if kind == 2:
        return r.choice(TEXTS)
    if kind == 3:
        return r.choice([None, True, False, [], {}])
    if kind == 4 and depth < 3:
        return [hostile_value(r, depth + 1) for _ in range(r.choice([1, 3, 3 if depth else 200]))]
    if kind == 5:
        value = 0
        for _ in range(r.choice([10, 100, 510, 900])):
            value = [value] if r.random() < 0.5 else {"a": value}
        return value
    return {"x": 1}


def of_json(value, r):
    """Edits a decoded JSON value in place: keys, numbers and texts are changed, removed or duplicated."""
    value = json.loads(json.dumps(value))
    for _ in range(r.choice([1, 1, 1, 2, 4])):
        paths = [p for p in islice(walk(value), 20000) if p]
        if not paths:
            return hostile_value(r)
        path = r.choice(paths)
        parent = value
        for key in path[:-1]:
            parent = parent[key]
        key = path[-1]
        kind = r.randrange(6)
        if kind == 0:
            del parent[key]
        elif kind == 1 and isinstance(parent, list):
            # Large values are not multiplied further: the file would become too large.
            parent.extend(parent[key] for _ in range(r.choice([1, 2, 300 if len(paths) < 300 else 1])))
        elif kind == 2 and isinstance(parent, dict):
            parent[r.choice(list(parent) + ["extra"])] = parent[key]
        elif isinstance(parent[key], bool) or not isinstance(parent[key], (int, float)):
            parent[key] = hostile_value(r)
        else:
            old = parent[key]
            parent[key] = r.choice([-old, old + 1, old * 2, 0, -1, 1 << 31, 1 << 62, (1 << 63) - 1, -(1 << 63), 1e30, 1e300, 1e-300, 0.5])
    return value


def as_json(value):
    try:
        return json.dumps(value, separators=(",", ":"))
    except (RecursionError, ValueError):
        return "[]"
