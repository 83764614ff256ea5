"""The mail reader as a parser for the sandbox: how a mail goes through the pipe, checked on arrival."""

from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from handoff_portal.adapters.parsing.mail import Address, Attachment, DateSource, ParsedMail, parse_mail
from handoff_portal.adapters.parsing.wire import BadFrame, Json, Parser, Wire

_Kind = TypeVar("_Kind")
_SAMPLE = """\
From: =?utf-8?q?A?= <a@example.com>
Date: Mon, 2 Jan 2023 10:00:00 +0100
Received: from x by y; Mon, 2 Jan 2023 10:00:00 +0100
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=x-unknown

<p>caf\xe9 d\xe9j\xe0 vu</p>
--b
Content-Type: application/octet-stream; name*=utf-8''x
Content-Transfer-Encoding: base64

AAECAwQFBgc=
--b--
""".encode("latin-1")


def write(mail: ParsedMail) -> Wire:
    """Return a mail as JSON and the bytes of its attachments, nested mails included."""
    blobs: list[bytes] = []
    return Wire(_to_json(mail, blobs), tuple(blobs))


def _to_json(mail: ParsedMail, blobs: list[bytes]) -> Json:
    files: list[Json] = []
    for each in mail.attachments:
        files.append([each.name, each.media_type, len(blobs)])
        blobs.append(each.content)
    return {
        "message_id": mail.message_id,
        "occurred_at": mail.occurred_at.isoformat() if mail.occurred_at else None,
        "occurred_from": mail.occurred_from.value,
        "utc_offset_minutes": mail.utc_offset_minutes,
        "from": [mail.from_name, mail.from_address],
        "to": [[each.name, each.address] for each in mail.to],
        "cc": [[each.name, each.address] for each in mail.cc],
        "subject": mail.subject,
        "text": mail.text,
        "language": mail.language,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "attachments": files,
        "nested": [_to_json(inner, blobs) for inner in mail.nested],
        "notes": list(mail.notes),
    }


def read(wire: Wire) -> ParsedMail:
    """Return the mail that `write` was given; else raise LookupError, TypeError or ValueError."""
    return _from_json(wire.value, wire.blobs)


def _from_json(value: Json, blobs: tuple[bytes, ...]) -> ParsedMail:
    said = _a(dict, value)
    sender = _address(said["from"])
    moment = _optional(said["occurred_at"])
    offset = said["utc_offset_minutes"]
    return ParsedMail(
        message_id=_optional(said["message_id"]),
        occurred_at=datetime.fromisoformat(moment) if moment else None,
        occurred_from=DateSource(_a(str, said["occurred_from"])),
        utc_offset_minutes=None if offset is None else _a(int, offset),
        from_name=sender.name,
        from_address=sender.address,
        to=tuple(_address(each) for each in _a(list, said["to"])),
        cc=tuple(_address(each) for each in _a(list, said["cc"])),
        subject=_a(str, said["subject"]),
        text=_a(str, said["text"]),
        language=_optional(said["language"]),
        in_reply_to=_optional(said["in_reply_to"]),
        references=_strings(said["references"]),
        attachments=tuple(_attachment(each, blobs) for each in _a(list, said["attachments"])),
        nested=tuple(_from_json(each, blobs) for each in _a(list, said["nested"])),
        notes=_strings(said["notes"]),
    )


def _attachment(value: Json, blobs: tuple[bytes, ...]) -> Attachment:
    name, media_type, at = _a(list, value)
    content = blobs[_a(int, at)]
    return Attachment(_a(str, name), _a(str, media_type), content, sha256(content).hexdigest())


def _address(value: Json) -> Address:
    name, address = _strings(value)
    return Address(name, address)


def _strings(value: Json) -> tuple[str, ...]:
    return tuple(_a(str, each) for each in _a(list, value))


def _optional(value: Json) -> str | None:
    return None if value is None else _a(str, value)


def _a(kind: type[_Kind], value: object) -> _Kind:
    if not isinstance(value, kind):
        raise BadFrame(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


MAIL = Parser(
    place="handoff_portal.adapters.parsing.mail_parser:MAIL",
    noun="mail",
    parse=parse_mail,
    write=write,
    read=read,
    sample=_SAMPLE,
)
