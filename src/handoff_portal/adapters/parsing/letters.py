"""From bytes to letters when the label is wrong, and letters that a database and a screen can hold. Pure."""

import re
import unicodedata

from charset_normalizer import from_bytes

_SAMPLE = 1 << 16
_NOT_ALPHABETS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]")


def decode(content: bytes, charset: str | None) -> tuple[str, bool]:
    """Return the letters (stated alphabet, else UTF-8, else the likeliest) and whether they are a guess."""
    if charset and (said := _try(content, charset)) is not None:
        return said, False
    if (said := _try(content, "utf-8")) is not None:
        return said, bool(charset) and not content.isascii()
    return _likeliest(content), True


def _try(content: bytes, charset: str) -> str | None:
    name = charset.strip().strip("\"'").lower().replace("-", "_")
    if name in _NOT_ALPHABETS:
        return None
    if name in {"us_ascii", "ascii"}:
        name = "utf_8"  # what such labels mean in practice, here and below
    elif name in {"iso_8859_1", "latin1", "latin_1"} and re.search(rb"[\x80-\x9f]", content):
        name = "cp1252"
    try:
        return content.decode(name)
    except (LookupError, ValueError, OSError):
        return None


def _likeliest(content: bytes) -> str:
    best = from_bytes(content[:_SAMPLE]).best()
    western = from_bytes(content[:_SAMPLE], cp_isolation=["cp1252"]).best()
    if best is None or (western is not None and western.chaos <= best.chaos):
        return content.decode("cp1252", "replace")  # of equally likely alphabets, the commonest
    return content.decode(best.encoding, "replace")


def clean(said: str) -> str:
    """Return text without letters that cannot be stored or shown; line ends become line feeds."""
    lines = said.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    return _UNFIT.sub("\ufffd", lines.replace("\x00", ""))


def one_line(said: str) -> str:
    """Return text as one trimmed line that cannot change the direction of what stands next to it."""
    return " ".join(_DIRECTIONS.sub("", clean(said)).split())


def file_name(said: str, otherwise: str) -> str:
    """Return a file name without folders, of at most 150 letters; `otherwise` if nothing is left."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", one_line(said)))[-1]
    kept = re.sub(r'[<>:"|?*\x00-\x1f]', "_", last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    return (f"{stem[:130]}.{ending[:19]}" if dot and stem else kept[:150]) or otherwise
