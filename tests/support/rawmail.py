"""Raw mails for tests of reading: a few headers and whatever body the test is about."""

HEAD = (
    b"From: =?utf-8?b?Tmd1eeG7hW4gVGjhu4sgTWVu?= <ketoan@hoamai.example>\r\n"
    b"To: hotrocntt@vst.gov.vn\r\n"
    b"Subject: [0010#DVC] =?utf-8?b?TOG7l2kga8O9IHPhu5E=?=\r\n"
    b"Date: Mon, 10 Jan 2022 08:40:00 +0700\r\n"
    b"Message-ID: <mot@hoamai.example>\r\n"
)


def raw_mail(body: bytes = b"", *, content: bytes = b"", extra: bytes = b"") -> bytes:
    """Make a mail with the usual head; ``content`` and ``extra`` are header lines without their line end."""
    lines = b"".join(line + b"\r\n" for line in (content, extra) if line)
    return HEAD + lines + b"\r\n" + body


def multipart(kind: str, *parts: bytes, boundary: str = "b1") -> bytes:
    """Make a mail of several parts; each part brings its own headers and an empty line."""
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), part) for part in parts)
    content = f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode()
    return raw_mail(body + b"--%b--\r\n" % boundary.encode(), content=content)


def part(content: str, body: bytes, *headers: str) -> bytes:
    """Make one part with a Content-Type and further header lines."""
    return "\r\n".join([f"Content-Type: {content}", *headers, "", ""]).encode() + body
