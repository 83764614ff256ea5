"""Header lines of a mail as clean text, addresses, ids and times (RFC 5322, RFC 2047). Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from handoff_portal.adapters.parsing import letters
from handoff_portal.adapters.parsing.notes import Notes
from handoff_portal.adapters.parsing.tree import Part

MOST_LETTERS = 2000  # of one subject or name
MOST_ADDRESSES = 200
_MOST_RAW = 1 << 14
_SIGNS_OF_MAIL = ("From", "Date", "Subject", "Message-ID", "Received", "To", "Sender", "Return-Path")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_YEARS = range(1980, 2200)


@dataclass(frozen=True, slots=True)
class Address:
    """A name as shown and an address as sent; either may be empty."""

    name: str
    address: str


def is_mail(part: Part) -> bool:
    """Whether the header names anything that only mails name."""
    return any(part.raw(name) is not None for name in _SIGNS_OF_MAIL)


def text(part: Part, name: str, notes: Notes) -> str:
    """Return a header as one clean line, "" if missing."""
    raw = part.raw(name)
    return "" if raw is None else decoded(_unfolded(raw, name, notes), name, notes)


def decoded(raw: str, name: str, notes: Notes) -> str:
    """Return a header value with its encoded words (RFC 2047) decoded."""
    try:
        pieces = decode_header(raw[:_MOST_RAW])
    except (HeaderParseError, ValueError):
        notes.add(f"The “{name}” line is damaged and is shown as it came.")
        pieces = [(raw[:_MOST_RAW], None)]
    said = "".join(_piece(piece, charset, name, notes) for piece, charset in pieces)
    return letters.one_line(said)[:MOST_LETTERS]


def _piece(piece: bytes | str, charset: str | None, name: str, notes: Notes) -> str:
    if isinstance(piece, str):
        return piece
    if charset is None:
        return piece.decode("latin-1")
    said, doubt = letters.decode(piece, charset)
    if doubt:
        notes.add(f"Some letters of the “{name}” line were guessed.")
    return said


def _unfolded(raw: str, name: str, notes: Notes) -> str:
    flat = re.sub(r"\s*[\r\n]+\s*", " ", raw)
    if not any("\udc80" <= letter <= "\udcff" for letter in flat):
        return flat
    said, doubt = letters.decode(flat.encode("utf-8", "surrogateescape"), None)
    if doubt:
        notes.add(f"Some letters of the “{name}” line were guessed.")
    return said


def addresses(part: Part, name: str, notes: Notes) -> tuple[Address, ...]:
    """Return the addresses of a header, at most 200."""
    raw = ", ".join(_unfolded(value, name, notes) for value in part.raws(name))
    if len(raw) > _MOST_RAW:
        notes.add(f"The “{name}” line is very long; only its beginning was read.")
    found = [
        Address(decoded(shown, name, notes), letters.one_line(address)[:320])
        for shown, address in getaddresses([raw[:_MOST_RAW]])[:MOST_ADDRESSES]
    ]
    return tuple(each for each in found if each.name or each.address)


def ids(part: Part, name: str) -> tuple[str, ...]:
    """Return the message ids of a header without their brackets, the last hundred."""
    return tuple(letters.one_line(each) for each in _ID.findall(part.raw(name) or "")[-100:])


def first_id(part: Part, name: str) -> str | None:
    """Return the first message id of a header, or None."""
    return next(iter(ids(part, name)), None)


def language(part: Part) -> str | None:
    """Return the language tag that the mail claims (RFC 3282), such as "en" or "de-CH", or None."""
    claimed = (part.raw("Content-Language") or "").split(",")[0].strip()
    return claimed if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", claimed) else None


def date(part: Part, notes: Notes) -> datetime | None:
    """Return the time that the mail states for itself (RFC 5322 section 3.6.1), or None."""
    raw = part.raw("Date")
    if raw is None:
        return None
    found = _moment(raw)
    if found is None:
        notes.add("The mail states a time that does not exist or cannot be read.")
    elif found.tzinfo is None:
        notes.add("The mail does not say in which time zone it was sent; its time is taken as UTC.")
        return found.replace(tzinfo=UTC)
    return found


def received(part: Part) -> datetime | None:
    """Return the time at which the first mail server took the mail, or None."""
    for raw in reversed(part.raws("Received")):
        found = _moment(raw.rpartition(";")[2])
        if found is not None:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def offset_minutes(moment: datetime | None) -> int | None:
    """Return the offset from UTC in minutes, or None."""
    offset = moment.utcoffset() if moment else None
    return None if offset is None else int(offset.total_seconds()) // 60


def _moment(raw: str) -> datetime | None:
    clean = re.sub(r"\s+", " ", raw).strip()[:100]
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(clean)
            found.astimezone(UTC)
        except (ValueError, TypeError, LookupError, OverflowError):
            continue
        if found.year in _YEARS:
            return found
    return None
