"""Ugly mails built from nothing, so that a reader sees what is ugly about each."""

import struct

HEAD = b"From: Mei Lin <mei@kopi.example.com>\r\nTo: ar@merlion.example.com\r\nSubject: Your invoice\r\n"
DATED = HEAD + b"Date: Tue, 03 Feb 2026 09:15:00 +0800\r\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def multipart(*parts: bytes, kind: bytes = b"mixed", head: bytes = DATED, closed: bool = True) -> bytes:
    """A mail of parts, each given with its own header."""
    edge = b"edge-" + kind
    inside = b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in parts)
    start = head + b"Content-Type: multipart/" + kind + b'; boundary="' + edge + b'"\r\n\r\n'
    return start + inside + (b"--" + edge + b"--\r\n" if closed else b"")


def nested(depth: int) -> bytes:
    """A mail that carries a mail that carries a mail."""
    mail = DATED.replace(b"Your invoice", b"innermost") + b"\r\nthe heart of it"
    for level in range(depth):
        head = DATED.replace(b"Your invoice", b"level %d" % level)
        mail = head + b"Content-Type: message/rfc822\r\n\r\n" + mail
    return mail


def nested_multiparts(depth: int) -> bytes:
    """A mail whose parts are nested without end."""
    level = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    levels = (level % (at, at) for at in range(depth))
    return DATED + b"".join(levels) + b"\r\nhello"


def winmail(text: bytes, name: bytes, content: bytes) -> bytes:
    """A valid winmail.dat (MS-OXTNEF 2.1.3): code page, body and one file."""

    def attribute(level: int, kind: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    return b"".join((
        struct.pack("<IH", 0x223E9F78, 1),
        attribute(1, 0x00089006, struct.pack("<I", 0x10000)),
        attribute(1, 0x00069007, struct.pack("<II", 1252, 0)),
        attribute(1, 0x0002800C, text + b"\x00"),
        attribute(2, 0x00069002, b"\x01\x00" + b"\x00" * 12),
        attribute(2, 0x00018010, name + b"\x00"),
        attribute(2, 0x0006800F, content),
    ))  # fmt: skip


def bombs() -> dict[str, bytes]:
    """The mails that cost naive readers seconds or their life, by name."""
    return {
        "1,500 nested multiparts": nested_multiparts(1500),
        "100 kB content type": DATED
        + b"Content-Type: text/plain"
        + b"".join(b"; p%d=1" % at for at in range(20_000))
        + b"\r\n\r\nhello",
        "140 kB sender": b"From: "
        + b", ".join(b"a%d@example.com" % at for at in range(8_000))
        + b"\r\nSubject: x\r\n\r\nhello",
        "280 kB encoded subject": b"From: a@example.com\r\nSubject: "
        + b" ".join([b"=?utf-8?q?abcdefgh?="] * 14_000)
        + b"\r\n\r\nhello",
        "100,000 parts": DATED
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\n\r\nx\r\n" * 100_000,
        "1.2 MB folded header": b"From: a@example.com\r\nSubject: "
        + b"\r\n aaaaaaaaaa" * 100_000
        + b"\r\n\r\nhello",
        "sixty thousand brackets": b"From: " + b"(" * 60_000 + b"\r\nSubject: x\r\n\r\nhello",
        "a megabyte of declarations": DATED + b"Content-Type: text/html\r\n\r\n" + b"<!" * 500_000,
    }
