"""What a file is, by its content and never by its label, in words for people and for machines.

Looks at the first 64 KiB. Signatures come from the puremagic tables; what those cannot tell apart (office
archives, mails, tables, text) is told here. Programs are refused by content and, for scripts, by name.
"""

import re
from dataclasses import dataclass

import puremagic

HEAD = 1 << 16
OCTETS = "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """`media_type` (RFC 6838), `words` such as "PDF document", `refusal`: a sentence, or None if welcome."""

    media_type: str
    words: str
    refusal: str | None = None


_WORDS = {
    "application/pdf": "PDF document",
    "image/png": "PNG picture",
    "image/jpeg": "JPEG picture",
    "image/gif": "GIF picture",
    "image/webp": "WebP picture",
    "image/tiff": "TIFF picture",
    "image/bmp": "bitmap picture",
    "image/heic": "HEIC picture",
    "application/zip": "ZIP archive",
    "application/gzip": "gzip archive",
    "application/rtf": "RTF document",
    "application/vnd.ms-outlook": "Outlook message",
    "application/msword": "Word document (old format)",
    "application/vnd.ms-excel": "Excel workbook (old format)",
    "application/x-ole-storage": "Office file (old format)",
    "application/ms-tnef": "Outlook attachment bundle",
    _OFFICE + "wordprocessingml.document": "Word document",
    _OFFICE + "spreadsheetml.sheet": "Excel workbook",
    _OFFICE + "presentationml.presentation": "PowerPoint presentation",
    _OPEN + "text": "OpenDocument text",
    _OPEN + "spreadsheet": "OpenDocument spreadsheet",
    "message/rfc822": "mail",
    "application/mbox": "mailbox",
    "text/html": "web page",
    "image/svg+xml": "SVG drawing",
    "application/xml": "XML file",
    "text/csv": "table (CSV)",
    "text/plain": "text",
    "audio/mpeg": "sound recording",
    "audio/wav": "sound recording",
    "audio/mp4": "sound recording",
    "video/mp4": "video",
}
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)
_PROGRAMS: tuple[bytes, ...] = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\x00asm",
    b"dex\n",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)  # fmt: skip - Windows, Linux, macOS, Java, WebAssembly, Android, scripts, shortcuts
_PROGRAM_NAMES = re.compile(
    r"\.(apk|app|appx|bat|cmd|com|cpl|dll|exe|gadget|hta|inf|iso|jar|jse?|lnk|msc|msi|msp|pif|ps1|psm1|py|"
    r"reg|scr|sct|sh|sys|vbe?|vbs|vhdx?|wsf|wsh)$",
    re.IGNORECASE,
)
_REFUSAL = "Programs are not accepted here. Please send documents, pictures, tables or mails."
_MAIL_HEADERS = rb"(?im)^(from|to|subject|date|received|message-id|return-path|mime-version|delivered-to):"


def kind_of(head: bytes, name: str = "") -> Kind:
    """Return what the file is whose first bytes (64 KiB are enough) and name are given. Never raises."""
    head = head[:HEAD]
    media_type = _by_content(head)
    if media_type == "application/x-ole-storage":
        media_type = _old_office(name)
    if head.startswith(_PROGRAMS) and not _is_text_mentioning_mz(head):
        return Kind(OCTETS, "program", _REFUSAL)
    if _PROGRAM_NAMES.search(name.rstrip(". ")):
        return Kind(media_type, _WORDS.get(media_type, "program"), _REFUSAL)
    return Kind(media_type, _WORDS.get(media_type, "file of another kind"))


def _is_text_mentioning_mz(head: bytes) -> bool:
    return head.startswith(b"MZ") and _is_text(head)


def _by_content(head: bytes) -> str:
    for start, media_type in _SIGNATURES:
        if head.startswith(start):
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _archive(head)
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if _is_text(head):
        return _text(head)
    return _by_tables(head)


def _archive(head: bytes) -> str:
    names = {head[at.end() + 26 :][:80] for at in re.finditer(rb"PK\x03\x04", head)}
    for start, family in ((b"word/", "wordprocessingml.document"), (b"xl/", "spreadsheetml.sheet"),
                          (b"ppt/", "presentationml.presentation")):  # fmt: skip
        if any(name.startswith(start) for name in names):
            return _OFFICE + family
    for family in ("text", "spreadsheet"):
        if (b"mimetype" + (_OPEN + family).encode()) in head[:200]:
            return _OPEN + family
    return "application/zip"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return len(head) % 2 == 0 or len(head) == HEAD
    return bool(head.strip()) and not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head)


def _text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:4096]
    lowered = start.lower()
    if start.startswith(b"From ") and re.search(_MAIL_HEADERS, start):
        return "application/mbox"
    if len({found.lower() for found in re.findall(_MAIL_HEADERS, start)}) > 1 and re.match(
        rb"[\w-]+:", start
    ):
        return "message/rfc822"
    if lowered.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "text/html"
    if b"<svg" in lowered and lowered.startswith(b"<"):
        return "image/svg+xml"
    if lowered.startswith(b"<?xml"):
        return "application/xml"
    return "text/csv" if _is_table(start) else "text/plain"


def _is_table(start: bytes) -> bool:
    lines = [line for line in start.splitlines()[:12] if line.strip()][:-1] or start.splitlines()[:1]
    for separator in (b",", b";", b"\t", b"|"):
        counts = [re.sub(rb'"[^"]*"', b"", line).count(separator) for line in lines]
        if len(counts) > 1 and min(counts) > 0 and min(counts) == max(counts):
            return True
    return False


def _by_tables(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, LookupError, TypeError):
        return OCTETS
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "application/x-ole-storage"
    known = [match.mime_type for match in found if match.mime_type in _WORDS]
    return known[0] if known else OCTETS


def _old_office(name: str) -> str:
    ending = name.lower().rpartition(".")[2]
    known = {
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
        "msg": "application/vnd.ms-outlook",
    }
    return known.get(ending, "application/x-ole-storage")
