"""Signed notes, checkpoints and witness cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

A checkpoint is three lines (origin, size, base64 of the root), a blank line, and a line per signature. Pure.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = 1
COSIGNATURE = 4
_DASH = "\N{EM DASH} "
_ID_BYTES = 4
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_MOST_SIGNATURES = 64
_ROOT_BYTES = 32
_DIGITS = 19
_SPACE = 0x20

Sign = Callable[[bytes], bytes]
"""Turns a message into its 64-byte Ed25519 signature (RFC 8032)."""


class NoteError(ValueError):
    """The text is not a note of the expected form, or no trusted key signed it."""


@dataclass(frozen=True)
class Signature:
    """One signature line: `— name base64(id ‖ value)`."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in the note, with its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text (ending in a newline) and the signatures under it, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]

    def render(self) -> str:
        """The whole note."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    @property
    def body(self) -> bytes:
        """The bytes that are signed."""
        return self.text.encode()


@dataclass(frozen=True)
class Verifier:
    """A key somebody decided to trust.

    Attributes:
        name: Key name without spaces and plus signs, such as `portal.example/audit/1`.
        kind: 1 for the log's Ed25519 signatures, 4 for a witness's cosignatures.
        public: 32 bytes.
    """

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ newline ‖ kind ‖ public key), its first four bytes."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_ID_BYTES]

    def vkey(self) -> str:
        """The text form `name+hex id+base64(kind ‖ public)`."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    def accepts(self, note: Note, signature: Signature) -> bool:
        """Whether this very key made this signature over the note."""
        message = note.body
        value = signature.value
        if self.kind == COSIGNATURE:
            message = cosigned(note.text, int.from_bytes(value[:_TIME_BYTES], "big"))
            value = value[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except InvalidSignature:
            return False
        return len(value) == _SIGNATURE_BYTES


@dataclass(frozen=True)
class Checkpoint:
    """What the log promises about itself: at this size its root is this (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text of this checkpoint."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def from_base64(text: str) -> bytes:
    """The bytes of standard base64 in its only valid spelling.

    Raises:
        NoteError: Another alphabet, wrong padding or stray bits.
    """
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise NoteError("This is not base64.") from error
    if b64encode(data).decode() != text:
        raise NoteError("This base64 has stray bits.")
    return data


def verifier(vkey: str) -> Verifier:
    """The key behind a `name+id+base64` text.

    Raises:
        NoteError: The text is damaged or of a kind this log does not use.
    """
    name, _, rest = vkey.strip().partition("+")
    key_id, _, data = rest.partition("+")
    raw = from_base64(data)
    if len(raw) != 1 + _ROOT_BYTES or raw[0] not in {ED25519, COSIGNATURE} or not _is_name(name):
        raise NoteError("This is not an Ed25519 verifier key.")
    key = Verifier(name, raw[0], raw[1:])
    if key.key_id.hex() != key_id:
        raise NoteError("The key id does not belong to this key.")
    return key


def parse(raw: str) -> Note:
    """The parts of a note, nothing verified.

    Raises:
        NoteError: It does not have the form of a signed note.
    """
    text, blank, lines = raw.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or any(ord(sign) < _SPACE and sign != "\n" for sign in raw):
        raise NoteError("This is not a signed note.")
    signatures = lines[:-1].split("\n")
    if len(signatures) > _MOST_SIGNATURES:
        raise NoteError("This note has too many signatures.")
    return Note(text + "\n", tuple(_signature(line) for line in signatures))


def _signature(line: str) -> Signature:
    name, space, data = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not _is_name(name):
        raise NoteError("This is not a signature line.")
    raw = from_base64(data)
    if len(raw) <= _ID_BYTES:
        raise NoteError("This signature is too short.")
    return Signature(name, raw[:_ID_BYTES], raw[_ID_BYTES:])


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def sign(text: str, name: str, public: bytes, signer: Sign) -> str:
    """The note of this text with one Ed25519 signature of the named key."""
    key = Verifier(name, ED25519, public)
    return Note(text, (Signature(name, key.key_id, signer(text.encode())),)).render()


def verify(note: Note, trusted: Iterable[Verifier]) -> tuple[Verifier, ...]:
    """The trusted keys that signed, in the order of their lines; unknown signatures are passed over.

    Raises:
        NoteError: A signature of a trusted key is wrong, or no trusted key signed.
    """
    known = {(key.name, key.key_id): key for key in trusted}
    signed = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.accepts(note, signature):
            raise NoteError(f"The signature of {key.name} is wrong.")
        signed.append(key)
    if not signed:
        raise NoteError("No trusted key signed this note.")
    return tuple(signed)


def checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text.

    Raises:
        NoteError: It is not exactly three lines: origin, size without leading zeros, base64 of 32 bytes.
    """
    lines = text.split("\n")
    if len(lines) != len(("origin", "size", "root", "")) or lines[-1] or not lines[0]:
        raise NoteError("This is not a checkpoint.")
    origin, size, root = lines[0], lines[1], from_base64(lines[2])
    if not (size.isascii() and size.isdecimal() and len(size) <= _DIGITS and size == str(int(size))):
        raise NoteError("This checkpoint has no valid size.")
    if len(root) != _ROOT_BYTES:
        raise NoteError("This checkpoint has no valid root.")
    return Checkpoint(origin, int(size), root)


def opened(raw: str, origin: str, trusted: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint of a note that the log itself signed; cosignatures of trusted witnesses must hold too.

    Raises:
        NoteError: Wrong form, wrong origin, or no valid signature of the log's own key.
    """
    note = parse(raw)
    signed = verify(note, trusted)
    found = checkpoint(note.text)
    if found.origin != origin:
        raise NoteError(f"This checkpoint belongs to {found.origin}, not to {origin}.")
    if not any(key.kind == ED25519 and key.name == origin for key in signed):
        raise NoteError("The log itself did not sign this checkpoint.")
    return found


def cosigned(text: str, at: int) -> bytes:
    """The message a witness signs: two lines (`at` in seconds since 1970) before the note text."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosign(raw: str, witness: Verifier, at: int, signer: Sign) -> str:
    """The note with the cosignature of a witness added as its last line; `at` in seconds since 1970."""
    note = parse(raw)
    value = at.to_bytes(_TIME_BYTES, "big") + signer(cosigned(note.text, at))
    added = Signature(witness.name, witness.key_id, value)
    return Note(note.text, (*note.signatures, added)).render()


def cosigned_at(signature: Signature) -> int:
    """When a witness says it cosigned, in seconds since 1970; ask only for signatures that verify."""
    return int.from_bytes(signature.value[:_TIME_BYTES], "big")


def base64_lines(hashes: Iterable[bytes]) -> str:
    """One line of base64 per hash, as proofs travel."""
    return "".join(b64encode(one).decode() + "\n" for one in hashes)
