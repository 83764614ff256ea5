"""Outlook's winmail.dat (MS-OXTNEF) unpacked into text and files. Pure."""

from dataclasses import dataclass

from tnefparse import TNEF

from handoff_portal.adapters.parsing import letters, markup


@dataclass(frozen=True, slots=True)
class Bundle:
    """The text ("" if none), the files as (name, bytes), and what could not be read."""

    text: str
    files: tuple[tuple[str, bytes], ...]
    notes: tuple[str, ...]


def unbundle(content: bytes) -> Bundle | None:
    """Return what is inside, or None if it cannot be opened."""
    try:
        found = TNEF(content, do_checksum=False)
        files = tuple(_file(each) for each in found.attachments)
        text = _text(found)
    except Exception:  # noqa: BLE001 - the library raises whatever a damaged bundle makes it stumble over
        return None
    return Bundle(text, files, _notes(found, text, len(content)))


def _notes(found: TNEF, text: str, size: int) -> tuple[str, ...]:
    notes = []
    if found.has_body() and not text:
        notes.append("The formatted text inside an Outlook bundle could not be turned into plain text.")
    if sum(max(each.length, 1) for each in found.objects) + 6 < size - 12:
        notes.append("An Outlook bundle ends early; it may be incomplete.")
    return tuple(notes)


def _file(attachment: object) -> tuple[str, bytes]:
    name = attachment.long_filename()  # type: ignore[attr-defined] # tnefparse is untyped
    data = attachment.data  # type: ignore[attr-defined] # tnefparse is untyped
    return _letters(name), bytes(data) if isinstance(data, bytes | bytearray) else str(data).encode()


def _text(found: TNEF) -> str:
    if found.body:
        return _letters(found.body)
    return markup.text_of(_letters(found.htmlbody)) if found.htmlbody else ""


def _letters(said: object) -> str:
    if isinstance(said, bytes):
        said = letters.decode(said, None)[0]
    return str(said).strip("\x00")
