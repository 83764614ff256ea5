"""The text, attachments and carried mails of a mail (RFC 2045, RFC 2046, MS-OXTNEF). Pure."""

import base64
import re
from dataclasses import dataclass, field
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    MessageDefect,
)
from hashlib import sha256

from handoff_portal.adapters.parsing import headers, letters, markup, tnef
from handoff_portal.adapters.parsing.media_type import kind_of
from handoff_portal.adapters.parsing.notes import Notes
from handoff_portal.adapters.parsing.tree import Part, check_depth

_BASE64_TROUBLE = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect, InvalidBase64PaddingDefect)
_TNEF_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried by a mail: a safe name, its media type by content, its bytes, their SHA-256 in hex."""

    name: str
    media_type: str
    content: bytes
    sha256: str


@dataclass
class Body:
    """What has been gathered so far; `from_markup` says that the text had to be made from HTML."""

    pieces: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    nested: list[tuple[Part, int]] = field(default_factory=list)
    from_markup: bool = False

    @property
    def text(self) -> str:
        """The pieces, one after the other."""
        return "\n\n".join(piece.strip("\n") for piece in self.pieces if piece.strip())

    def attach(self, name: str, content: bytes) -> None:
        """Add a file, typed by its content."""
        kept = letters.file_name(name, otherwise=f"attachment-{len(self.attachments) + 1}")
        self.attachments.append(
            Attachment(kept, kind_of(content, kept).media_type, content, sha256(content).hexdigest())
        )


def gather(part: Part, depth: int, notes: Notes) -> Body:
    """Return the body of one mail; raise CannotRead below the twentieth level."""
    body = Body()
    _walk(part, body, depth, notes)
    return body


def _walk(part: Part, body: Body, depth: int, notes: Notes) -> None:
    check_depth(depth)
    _note_defects(part.defects, notes)
    kind, children = part.get_content_type(), part.children()
    if kind == "message/rfc822" and children:
        body.nested.append((children[0], depth + 1))
        check_depth(depth + 1)
    elif kind == "multipart/alternative" and children:
        _alternative(children, body, depth, notes)
    elif kind == "message/delivery-status":
        body.pieces.append("\n".join(_status(child) for child in children))
    elif children:
        for child in children:
            _walk(child, body, depth + 1, notes)
    else:
        _leaf(part, kind, body, notes)


def _alternative(children: list[Part], body: Body, depth: int, notes: Notes) -> None:
    versions = []
    for child in children:
        version, own = Body(), Notes()
        _walk(child, version, depth + 1, own)
        versions.append((version, own))
    best = min(versions, key=lambda each: (not each[0].text, each[0].from_markup))
    body.pieces += best[0].pieces
    body.from_markup = body.from_markup or best[0].from_markup
    for sentence in best[1].sentences():
        notes.add(sentence)
    for version, _ in versions:
        body.attachments += version.attachments
        body.nested += version.nested


def _leaf(part: Part, kind: str, body: Body, notes: Notes) -> None:
    named = _name(part, notes)
    content = _content(part, named, notes)
    if kind in _TNEF_TYPES or named.lower() == "winmail.dat":
        _unbundle(content, named, body, notes)
    elif named or part.get_content_disposition() == "attachment":
        body.attach(named, content)
    elif kind == "text/html":
        said = _letters(part, content, notes)
        body.pieces.append(letters.clean(markup.text_of(said)))
        body.from_markup = True
    elif kind == "text/plain" or part.get_content_maintype() == "multipart":
        if kind != "text/plain":
            notes.add("The mail does not say where its parts begin, so it was read as one text.")
        body.pieces.append(letters.clean(_letters(part, content, notes)))
    elif content.strip():
        body.attach(f"part.{part.get_content_subtype()}", content)


def _letters(part: Part, content: bytes, notes: Notes) -> str:
    try:
        charset = part.get_content_charset()
    except (LookupError, ValueError):
        charset = None
    said, guessed = letters.decode(content, charset)
    if guessed:
        notes.add("The alphabet of the text was missing or wrong, so some letters were guessed.")
    return said


def _content(part: Part, named: str, notes: Notes) -> bytes:
    before = len(part.defects)
    content = part.get_payload(decode=True)
    found = part.defects[before:]
    if any(isinstance(defect, InvalidBase64LengthDefect) for defect in found):
        content = _whole_groups(content)
    if any(isinstance(defect, _BASE64_TROUBLE) for defect in found):
        what = f"The attachment “{letters.one_line(named)}”" if named else "A part of the mail"
        notes.add(f"{what} arrived damaged; what could be read of it is kept.")
    return content if isinstance(content, bytes) else b""


def _whole_groups(encoded: object) -> bytes:
    """Base64 that stops one letter into a group: what came before that letter."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", encoded) if isinstance(encoded, bytes) else b""
    return base64.b64decode(kept[: len(kept) // 4 * 4])


def _name(part: Part, notes: Notes) -> str:
    try:
        named = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        notes.add("The name of an attachment is damaged.")
        return "attachment"
    return headers.decoded(str(named), "name of an attachment", notes)


def _status(part: Part) -> str:
    return "\n".join(f"{name}: {letters.one_line(str(value))}" for name, value in part.raw_items())


def _unbundle(content: bytes, named: str, body: Body, notes: Notes) -> None:
    bundle = tnef.unbundle(content)
    if bundle is None:
        notes.add("An Outlook bundle (winmail.dat) could not be opened and is kept as it came.")
        body.attach(named or "winmail.dat", content)
        return
    for name, inside in bundle.files:
        body.attach(name, inside)
    if bundle.text and not body.text:
        body.pieces.append(letters.clean(bundle.text))
    for sentence in bundle.notes:
        notes.add(sentence)


def _note_defects(defects: list[MessageDefect], notes: Notes) -> None:
    if any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in defects):
        notes.add("The mail ends early; its last part may be incomplete.")
    elif defects:
        notes.add("The mail is damaged in places; everything that could be read is here.")
