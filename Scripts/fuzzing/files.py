"""Format-aware mutations of files, which repair checksums and sizes so that a reader continues."""
import hashlib
import json
import re
import sqlite3
import struct
import zlib

from .mutations import INTEGERS, NUMBERS, TEXTS, as_json, of_bytes, of_json, of_text


def of_safetensors(data, r):
    if r.random() < 0.2:
        return of_bytes(data, r)
    length = struct.unpack("<Q", data[:8])[0]
    header, payload = json.loads(data[8 : 8 + length]), bytearray(data[8 + length :])
    kind = r.randrange(6)
    if kind == 0:
        header = of_json(header, r)
    elif kind == 1 and "card" in header.get("__metadata__", {}):
        card = json.loads(header["__metadata__"]["card"])
        header["__metadata__"]["card"] = as_json(of_json(card, r))
    elif kind == 2:
        # Only the numbers of the design, which determine the networks.
        meta = header.get("__metadata__", {})
        if "card" in meta:
            meta["card"] = re.sub(
                r'"(resolution|encoderResolution|encoderChannels|encoderBlocks|learnedCode|style|channels|sharedBlocks|ownBlocks|headChannels|code|encoder|decoder|mask|inter|seed|iterations|version)":(-?\d+)',
                lambda m: '"%s":%s' % (m.group(1), r.choice(NUMBERS[:30]) if r.random() < 0.3 else m.group(2)), meta["card"])
        else:
            for key in meta:
                if r.random() < 0.3:
                    meta[key] = r.choice(TEXTS + NUMBERS)
    elif kind == 3:
        # Values of arrays.
        for _ in range(r.choice([1, 5, 50])):
            at = r.randrange(max(1, len(payload) // 4)) * 4
            payload[at : at + 4] = struct.pack("<I", r.choice([0x7FC00000, 0x7F800000, 0xFF800000, 0x7149F2CA, 0x80000000, 1, 0xFFFFFFFF, 0x4B189680]))
    elif kind == 4:
        # Entries changed consistently with their data: shapes, types, order.
        names = [n for n in header if n != "__metadata__"]
        if names:
            entry = header[r.choice(names)]
            if r.random() < 0.5:
                entry["dtype"] = r.choice(["F32", "I32", "U8", "F16", "BF16", "F64", "BOOL", "I64", "X", "f32"])
            else:
                entry["shape"] = r.choice([[], [0], entry["shape"][::-1], entry["shape"] + [1], [1] * 9, [1 << 62, 4], [-1], [0, 1 << 62, 1 << 62]])
    else:
        other = r.choice(list(header))
        if other != "__metadata__":
            header[r.choice(list(header))] = header[other]
    text = as_json(header).encode()
    text += b" " * r.choice([0, -len(text) % 8])
    return struct.pack("<Q", len(text) if r.random() < 0.95 else r.choice(INTEGERS)) + text + bytes(payload)


def of_chain(data, r):
    """The lines of a hash chain and its head: records edited, hashes recomputed."""
    lines = [json.loads(line) for line in data.decode().splitlines()]
    what = r.randrange(5)
    if what == 0:
        return of_bytes(data, r), None
    if what == 1:
        return of_text(data.decode(), r).encode("utf-8", "surrogatepass"), None
    lines = [of_json(line, r) if r.random() < 0.5 else line for line in lines]
    if r.random() < 0.2:
        lines += [r.choice(lines) for _ in range(r.choice([1, 3, 50]))]
    previous, out = "0" * 64, []
    for number, line in enumerate(lines):
        if isinstance(line, dict):
            if r.random() < 0.97:
                line["number"] = number + 1
            line["previous"] = previous
        text = as_json(line).encode()
        previous = hashlib.sha256(text).hexdigest()
        out.append(text)
    head = {"lines": len(out), "sha256": previous}
    if r.random() < 0.1:
        head = of_json(head, r)
    return b"\n".join(out) + b"\n", as_json(head).encode() + b"\n"


def of_database(path, r):
    if r.random() < 0.25:
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(of_bytes(data, r))
        return
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA foreign_keys = OFF")
    base.execute("PRAGMA synchronous = OFF")
    # A recursive view is input for the program, and not for the next mutation.
    steps = iter(range(50))
    base.set_progress_handler(lambda: next(steps, None) is None, 100_000)
    tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    values = [
        None, 0, -1, 1, 2.5, 1e300, -1e300, float("inf"), -float("inf"), 1e-300, (1 << 63) - 1, -(1 << 63), 1 << 31, 1 << 40, "",
        b"", b"\x00", bytes(5736), bytes(100000), b"\xff" * 208, b"\xff" * 512, "[]", "{}", "{", '{"size":-1}', "1e999", "x" * 100000,
    ] + TEXTS
    for _ in range(r.choice([1, 1, 2, 4])):
        table = r.choice(tables)
        columns = [row[1] for row in base.execute('PRAGMA table_info("%s")' % table)]
        if not columns:
            continue
        column = r.choice(columns)
        where = r.choice(["", " WHERE rowid = (SELECT min(rowid) FROM \"%s\")" % table, " WHERE rowid %% 3 = %d" % r.randrange(3)])
        kind = r.randrange(20)
        try:
            if kind < 12:
                value = r.choice(values)
                if kind < 3:
                    row = base.execute('SELECT "%s" FROM "%s" LIMIT 1' % (column, table)).fetchone()
                    if row and isinstance(row[0], str):
                        try:
                            value = as_json(of_json(json.loads(row[0]), r))
                        except ValueError:
                            value = of_text(row[0], r)
                    elif row and isinstance(row[0], bytes):
                        value = of_bytes(row[0], r)
                    elif row and isinstance(row[0], (int, float)):
                        value = r.choice([-row[0], row[0] * 2, row[0] + 1, row[0] * 1e9])
                base.execute('UPDATE "%s" SET "%s" = ?%s' % (table, column, where), (value,))
            elif kind == 12:
                base.execute('DELETE FROM "%s"%s' % (table, where))
            elif kind == 13:
                base.execute('DROP TABLE "%s"' % table)
            elif kind == 14:
                base.execute('ALTER TABLE "%s" DROP COLUMN "%s"' % (table, column))
            elif kind == 15:
                base.execute('ALTER TABLE "%s" RENAME COLUMN "%s" TO "other"' % (table, column))
            elif kind == 16:
                base.execute('CREATE TABLE copy AS SELECT * FROM "%s"' % table)
                base.execute('DROP TABLE "%s"' % table)
                base.execute('ALTER TABLE copy RENAME TO "%s"' % table)
                base.execute('INSERT INTO "%s" SELECT * FROM "%s"' % (table, table))
            elif kind == 17:
                base.execute('ALTER TABLE "%s" RENAME TO real' % table)
                base.execute('CREATE VIEW "%s" AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT real.* FROM real, n' % table)
            elif kind == 18:
                base.execute('CREATE TRIGGER t AFTER UPDATE ON "%s" BEGIN DELETE FROM "%s"; END' % (table, table))
            else:
                base.execute("PRAGMA user_version = %d" % r.choice(INTEGERS[:14]))
                base.execute("INSERT OR IGNORE INTO grdb_migrations VALUES (?)", (r.choice(TEXTS),))
        except sqlite3.Error:
            pass
    base.close()


def of_boxes(data, r):
    """MP4: sizes and fields of boxes, found by their types."""
    if r.random() < 0.35:
        return of_bytes(data, r)
    data = bytearray(data)
    names = [b"moov", b"mvhd", b"trak", b"tkhd", b"mdhd", b"stsd", b"avc1", b"avcC", b"stts", b"ctts", b"stsc", b"stsz", b"stco", b"elst", b"mp4a", b"esds", b"udta", b"meta", b"ilst", b"uuid", b"colr", b"pasp", b"ftyp", b"mdat"]
    for _ in range(r.choice([1, 1, 2, 4])):
        found = [(m, n) for n in names for m in [data.find(n)] if m >= 4]
        if not found:
            break
        at, name = r.choice(found)
        if r.random() < 0.3:
            data[at - 4 : at] = struct.pack(">I", r.choice(INTEGERS))
        elif r.random() < 0.1:
            data[at : at + 4] = r.choice(names)
        else:
            place = at + 4 + 4 * r.randrange(16)
            data[place : place + 4] = struct.pack(">I", r.choice(INTEGERS))
    return bytes(data)


def of_picture(data, r):
    if data[:4] == b"\x89PNG" and r.random() < 0.6:
        chunks, at = [], 8
        while at + 12 <= len(data):
            size = struct.unpack(">I", data[at : at + 4])[0]
            chunks.append([data[at + 4 : at + 8], bytearray(data[at + 8 : at + 8 + size])])
            at += 12 + size
        for _ in range(r.choice([1, 1, 2, 4])):
            chunk = r.choice(chunks)
            kind = r.randrange(5)
            if kind < 3 and chunk[1]:
                if chunk[0] == b"IHDR":
                    place = r.choice([0, 4, 8, 9, 10, 11, 12])
                    width = 4 if place < 8 else 1
                    chunk[1][place : place + width] = (r.choice(INTEGERS) & ((1 << 8 * width) - 1)).to_bytes(width, "big")
                else:
                    chunk[1] = bytearray(of_bytes(bytes(chunk[1]), r))
            elif kind == 3:
                chunks.insert(r.randrange(len(chunks)), chunk)
            elif len(chunks) > 1:
                chunks.remove(chunk)
        out = data[:8]
        for name, content in chunks:
            out += struct.pack(">I", len(content)) + name + bytes(content) + struct.pack(">I", zlib.crc32(name + bytes(content)))
        return out
    if data[:2] == b"\xff\xd8" and r.random() < 0.5:
        data = bytearray(data)
        marks = [i for i in range(len(data) - 9) if data[i] == 0xFF and data[i + 1] in (0xC0, 0xC2, 0xC4, 0xDB, 0xDA, 0xE0, 0xE1, 0xEB)]
        for _ in range(r.choice([1, 2])):
            at = r.choice(marks) if marks else 2
            place = at + r.choice([1, 2, 4, 5, 7, 9])
            data[place : place + 2] = struct.pack(">H", r.choice(INTEGERS) & 0xFFFF)
        return bytes(data)
    return of_bytes(data, r)
