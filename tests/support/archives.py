"""Writes archives of every kind by hand, honest ones and bombs."""

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

RAR4, RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"


def zipped(files: dict[str, bytes], *, stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # the time is fixed: bytes become names of tests, which all workers must share
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, archive.compression)
    return buffer.getvalue()


def nested_zip(depth: int, inner: dict[str, bytes]) -> bytes:
    """Put an archive into an archive, so many times."""
    data = zipped(inner)
    for level in range(depth - 1, 0, -1):
        data = zipped({f"lop{level}.zip": data})
    return data


def overlapping_zip(members: int) -> bytes:
    """Write a directory in which every member points at the same packed bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(bytes(1_000_000)) + packed.flush()
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), 1_000_000, 1, 0) + b"a"
    rows = b""
    for number in range(members):
        name = f"{number}.txt".encode()
        fields = (20, 20, 0, 8, 0, 0, 0, len(body), 1_000_000, len(name), 0, 0, 0, 0, 0, 0)
        rows += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fields) + name
    start = len(local) + len(body)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, members, members, len(rows), start, 0)
    return local + body + rows + end


def zip_of_bombs(copies: int, depth: int) -> bytes:
    """Write a small archive that unpacks to copies ** depth times a megabyte."""
    data = zipped({"0.dll": bytes(1_000_000)})
    for _ in range(depth):
        data = zipped({f"lib {number}.zip": data for number in range(copies)})
    return data


def gzip_bomb(megabytes: int) -> bytes:
    """Pack so many megabytes of nothing."""
    piece = bytes(1_000_000)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    # packed once: after a full flush the same bytes stand for the same megabyte again
    once = packed.compress(piece) + packed.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(megabytes):
        crc = zlib.crc32(piece, crc)
    head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return head + once * megabytes + packed.flush() + struct.pack("<LL", crc, len(piece) * megabytes)


def tarred(files: dict[str, bytes], *, form: int = tarfile.GNU_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def gzipped(data: bytes, name: str = "") -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=buffer, mtime=0) as packed:
        packed.write(data)
    return buffer.getvalue()


def rar4(*names: str, locked: bool = False, hidden: bool = False) -> bytes:
    """Write an archive of the formats 1.5 to 4; names beyond ASCII are told in UTF-16 differences."""
    main = _block(0x73, 0x0080 if hidden else 0, bytes(6))
    if hidden:
        return RAR4 + main + bytes(range(1, 200))
    return RAR4 + main + b"".join(_rar4_file(name, locked=locked) for name in names) + _block(0x7B, 0, b"")


def _rar4_file(name: str, *, locked: bool) -> bytes:
    data = b"packed"
    flags = 0x8000 | (0x0004 if locked else 0)
    raw = name.encode("ascii", "replace")
    if not name.isascii():
        flags |= 0x0200
        raw += b"\0" + _wide_difference(name)
    fields = (len(data), 1_000, 2, 0, 0, 29, 0x33, len(raw), 0x20)
    return _block(0x74, flags, struct.pack("<LLBLLBBHL", *fields) + raw) + data


def _wide_difference(name: str) -> bytes:
    """Tell every letter in full, four to a byte of flags."""
    raw = name.encode("utf-16-le")
    pairs = [raw[at : at + 2] for at in range(0, len(raw), 2)]
    coded = b"\0"
    for at in range(0, len(pairs), 4):
        coded += b"\xaa" + b"".join(pairs[at : at + 4])
    return coded


def _block(kind: int, flags: int, body: bytes) -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest


def rar5(*names: str, locked: bool = False, hidden: bool = False) -> bytes:
    """Write an archive of format 5."""
    if hidden:
        return RAR5 + _header(4, b"\x00\x00\x0f" + bytes(16)) + bytes(range(200))
    return (
        RAR5
        + _header(1, b"\0")
        + b"".join(_rar5_file(name, locked=locked) for name in names)
        + _header(5, b"\0")
    )


def _rar5_file(name: str, *, locked: bool) -> bytes:
    data, raw = b"packed", name.encode()
    body = _vint(4) + _vint(1_000) + _vint(0x20) + bytes(4) + _vint(0) + _vint(1) + _vint(len(raw)) + raw
    extra = b"\x03\x01\x00\x00" if locked else b""
    return _header(2, body + extra, extra=len(extra), data=len(data)) + data


def _header(kind: int, body: bytes, *, extra: int = 0, data: int = 0) -> bytes:
    flags = (1 if extra else 0) | (2 if data else 0)
    head = _vint(kind) + _vint(flags) + (_vint(extra) if extra else b"") + (_vint(data) if data else b"")
    sized = _vint(len(head + body)) + head + body
    return struct.pack("<L", zlib.crc32(sized)) + sized


def _vint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def sevenzip(*names: str, packer: str = "lzma", locked: bool = False, hidden: bool = False) -> bytes:
    """Write an archive whose list of names is packed by ``packer``: none, lzma, lzma2."""
    data = b"packed"
    coder = b"\x24\x06\xf1\x07\x01\x01\x00" if locked else b"\x01\x00"
    streams = b"\x06\x00\x01\x09" + _number(len(data)) + b"\x00" + b"\x07\x0b\x01\x00\x01" + coder
    streams += b"\x0c" + _number(len(data)) + b"\x00" + b"\x08\x0d" + _number(len(names))
    streams += b"\x09" + b"\x01" * (len(names) - 1) + b"\x0a\x01" + bytes(4 * len(names)) + b"\x00\x00"
    raw = b"\x00" + b"".join((name + "\0").encode("utf-16-le") for name in names)
    times = b"\x14" + _number(3) + b"\x00\x00\x00"
    files = b"\x05" + _number(len(names)) + times + b"\x11" + _number(len(raw)) + raw + b"\x00"
    header = b"\x01\x04" + streams + files + b"\x00"
    if packer == "none":
        return _sevenzip(data, header)
    return _sevenzip(data + _packed(header, packer), _packed_header(header, packer, len(data), hidden=hidden))


def _packed(header: bytes, packer: str) -> bytes:
    return lzma.compress(header, lzma.FORMAT_RAW, filters=[_filter(packer)])


def _filter(packer: str) -> dict[str, int]:
    return {"id": lzma.FILTER_LZMA1 if packer == "lzma" else lzma.FILTER_LZMA2, "dict_size": 1 << 16}


def _packed_header(header: bytes, packer: str, start: int, *, hidden: bool) -> bytes:
    coder = {"lzma": b"\x23\x03\x01\x01\x05\x5d" + struct.pack("<L", 1 << 16), "lzma2": b"\x21\x21\x01\x08"}[
        packer
    ]
    coder = b"\x24\x06\xf1\x07\x01\x01\x00" if hidden else coder
    size = len(_packed(header, packer))
    packs = b"\x06" + _number(start) + b"\x01\x09" + _number(size) + b"\x00"
    folders = (
        b"\x07\x0b\x01\x00\x01" + coder + b"\x0c" + _number(len(header)) + b"\x0a\x01" + bytes(4) + b"\x00"
    )
    return b"\x17" + packs + folders + b"\x00"


def _sevenzip(data: bytes, header: bytes) -> bytes:
    place = struct.pack("<QQL", len(data), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(place)) + place + data + header


def _number(value: int) -> bytes:
    if value < 0x80:
        return bytes([value])
    if value < 0x4000:
        return bytes([0x80 | value >> 8, value & 0xFF])
    return b"\xe0" + struct.pack("<L", value)[:3]


def zip_by_hand(
    raw: bytes, data: bytes = b"x", *, beside: bytes = b"", sizes: bytes = b"", wide_end: bool = False
) -> bytes:
    """Write an archive of one stored file; ``beside`` is the extra field of its name in the directory.

    ``sizes`` stands in place of packed and unpacked size there; ``wide_end`` writes the end of zip64.
    """
    crc, size = zlib.crc32(data), len(data)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, crc, size, size, len(raw), 0) + raw + data
    sizes = sizes or struct.pack("<2L", size, size)
    row = struct.pack("<4s6HL", b"PK\x01\x02", 45, 45, 0, 0, 0, 0, crc) + sizes
    row += struct.pack("<5H2L", len(raw), len(beside), 0, 0, 0, 0, 0) + raw + beside
    if not wide_end:
        return local + row + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(row), len(local), 0)
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(row), len(local))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(local) + len(row), 1)
    full = struct.pack("<4s4H2LH", b"PK\x05\x06", *(0xFFFF,) * 4, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + row + end + locator + full


def pax_record(name: bytes, value: bytes) -> bytes:
    """Write a record of a pax header, which begins with its own length."""
    rest = b" " + name + b"=" + value + b"\n"
    size = len(rest) + 1
    while len(str(size)) + len(rest) != size:
        size = len(str(size)) + len(rest)
    return str(size).encode() + rest


def tar_by_hand(*blocks: tuple[str, bytes, bytes]) -> bytes:
    """Write a tar of headers as they come: name, type, and what follows; a size is that of what follows."""
    written = b""
    for name, kind, data in blocks:
        member = tarfile.TarInfo(name)
        member.type, member.size = kind, len(data)
        written += member.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)
    return written + bytes(1024)
