"""The receipt of a submission: what was handed in, by its digests, signed, without a name in it.

The signed bytes are the canonical form of the JSON object: keys sorted, no space between tokens, UTF-8, whole
numbers (the part of RFC 8785 that such objects need). The signature is Ed25519 (RFC 8032).
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handoff_portal.core.ids import ReceiptId
from handoff_portal.core.refusals import Invalid

FORMAT = "handoff-receipt/1"
PORTFOLIO_FORMAT = "handoff-portfolio-receipt/1"
"""The receipt of a whole portfolio; its list of accounts stands beside the signed part."""

LARGEST = 64 * 1024**2
"""Bytes of a receipt that is checked."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One document in a receipt."""

    kind: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message in a receipt; the digest is that of `message_digest`."""

    at: datetime | None
    channel: str
    direction: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """A stored receipt.

    Attributes:
        body: The canonical bytes that were signed.
        signature: 64 bytes.
    """

    id: ReceiptId
    body: bytes
    signature: bytes
    issued_at: datetime

    @property
    def said(self) -> Json:
        """What it says."""
        said: Json = json.loads(self.body)
        return said


@dataclass(frozen=True, slots=True)
class Sent:
    """A receipt as somebody hands it in to be checked.

    Attributes:
        listed: The list of accounts that stands beside the receipt of a portfolio; None without one.
        papers: The list of its papers, likewise.
    """

    said: Json
    signature: bytes
    listed: list[Any] | None = None
    papers: list[Any] | None = None

    @property
    def id(self) -> str:
        """Its id as it claims."""
        return str(self.said.get("receipt", ""))

    @property
    def list_agrees(self) -> bool:
        """Whether the lists are those whose digests were signed; a receipt without a list agrees."""
        return all(
            lines is None or _list_digest(lines) == self.said.get(name)
            for lines, name in ((self.listed, "list_sha256"), (self.papers, "papers_sha256"))
        )


def _list_digest(lines: list[Any]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(canonical(line) + b"\n")
    return digest.hexdigest()


def compose(
    receipt: ReceiptId,
    case: tuple[str, str],
    at: datetime,
    organisation: str,
    papers: Iterable[PaperLine],
    messages: Iterable[MessageLine],
) -> bytes:
    """The bytes to sign.

    Args:
        case: Portal reference and id of the case.
        at: Time of the submission, UTC.
        organisation: Id of the business.
    """
    said = {
        "format": FORMAT,
        "receipt": str(receipt),
        "case": case[1],
        "reference": case[0],
        "organisation": organisation,
        "submitted_at": at.isoformat(timespec="seconds"),
        "documents": [{"kind": p.kind, "size": p.size, "sha256": p.sha256.hex()} for p in papers],
        "messages": [
            {
                "at": m.at.isoformat(timespec="seconds") if m.at else None,
                "channel": m.channel,
                "direction": m.direction,
                "sha256": m.sha256.hex(),
            }
            for m in messages
        ],
    }
    return canonical(said)


def canonical(value: object) -> bytes:
    """The canonical bytes of a JSON value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(octets: bytes) -> bytes:
    """Digest of some bytes, 32 bytes."""
    return hashlib.sha256(octets).digest()


def message_digest(words: Mapping[str, object]) -> bytes:
    """SHA-256 over the canonical form of what a message says."""
    return sha256(canonical(words))


def as_file(receipt: Receipt, public_key: bytes) -> bytes:
    """The receipt as it is downloaded: indented for readers, with signature and public key in base64."""
    whole = {
        "receipt": receipt.said,
        "signature": base64.b64encode(receipt.signature).decode(),
        "public_key": base64.b64encode(public_key).decode(),
    }
    return (json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_file(given: bytes) -> Sent:
    """A receipt from its file or pasted text.

    Raises:
        Invalid: At the field `receipt`: it is no receipt at all.
    """
    try:
        whole = json.loads(given[:LARGEST].decode("utf-8"), parse_constant=_no_number)
        said, signature = whole["receipt"], base64.b64decode(whole["signature"], validate=True)
        listed, papers = (_list_or_none(whole.get(name)) for name in ("accounts", "papers"))
        _require_format(said)
    except (ValueError, LookupError, TypeError, RecursionError, binascii.Error):
        raise Invalid(
            {"receipt": "This is not a receipt of this portal. Choose the file that you downloaded."}
        ) from None
    return Sent(said, signature, listed, papers)


def _list_or_none(value: object) -> list[Any] | None:
    return value if isinstance(value, list) else None


def differences(sent: Json, stored: Json) -> list[str]:
    """What a changed receipt says otherwise than the stored one, as sentences."""
    simple = [
        f"{_WORDS.get(name, name)}: it says “{sent.get(name)}”, the portal has “{stored.get(name)}”."
        for name in sorted(set(sent) | set(stored))
        if name not in _LISTS and sent.get(name) != stored.get(name)
    ]
    return simple + [said for name in _LISTS for said in _differing(name, sent.get(name), stored.get(name))]


_LISTS = ("documents", "messages")
_WORDS = {
    "case": "Case",
    "reference": "Reference",
    "organisation": "Organisation",
    "submitted_at": "Time of submission",
    "receipt": "Receipt number",
}


def _differing(name: str, sent: object, stored: object) -> list[str]:
    ours = stored if isinstance(stored, list) else []
    theirs = sent if isinstance(sent, list) else []
    one = name[:-1].capitalize()
    said = [
        f"{one} {place} is not as it was submitted."
        for place, (left, right) in enumerate(zip(theirs, ours, strict=False), start=1)
        if left != right
    ]
    if len(theirs) != len(ours):
        said.append(f"It lists {len(theirs)} {name}, the portal has {len(ours)}.")
    return said


def _require_format(said: object) -> None:
    if not isinstance(said, dict) or said.get("format") not in {FORMAT, PORTFOLIO_FORMAT}:
        raise ValueError("another format")
    canonical(said)


def _no_number(text: str) -> object:
    raise ValueError(text)
