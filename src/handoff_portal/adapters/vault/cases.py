"""Case keys and document keys: holding the key of a case is what access to it means.

Every context names the business that owns the case, whoever reads; only the grant, the wrapped case key,
names its grantee.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Self
from uuid import UUID

from handoff_portal.adapters.vault.seal import (
    CHUNK_BYTES,
    KEY_BYTES,
    Context,
    Kind,
    Octets,
    open_sealed,
    prefixed,
    seal,
)
from handoff_portal.adapters.vault.small import Expander, SmallSealer
from handoff_portal.adapters.vault.stream import Opener, Sealer, open_range, open_stream
from handoff_portal.core.ids import NOBODY


class Disclosure(StrEnum):
    """Disclosure classes: what may be shown together is sealed together, each under its own subkey."""

    PREVIEW = "preview"
    IDENTITY = "identity"
    FINANCIAL = "financial"
    MESSAGES = "messages"
    AUDIT = "audit-seal"

    @property
    def kind(self) -> Kind:
        """The kind of thing that this class seals."""
        return _KINDS[self]


_KINDS = dict.fromkeys(Disclosure, Kind.FIELD) | {
    Disclosure.MESSAGES: Kind.MESSAGE,
    Disclosure.AUDIT: Kind.AUDIT_SEAL,
}


@dataclass(frozen=True, slots=True)
class OrgKey:
    """The key of one organisation, unwrapped. Its secret is not printed."""

    org_id: UUID
    version: int
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """The key of one document: its file and what describes it. Deleting its wrap shreds the document.

    Attributes:
        document_id: The document.
        case_id: Its case.
        owner: The business that owns the case.
        secret: 32 bytes, not printed.
    """

    document_id: UUID
    case_id: UUID
    owner: UUID
    secret: bytes = field(repr=False)

    def sealer(self) -> Sealer:
        """Begin to seal the file."""
        return Sealer(self.secret, self._context(Kind.DOCFILE, "file"))

    def opener(self) -> Opener:
        """Begin to open the file piece by piece."""
        return Opener(self.secret, self._context(Kind.DOCFILE, "file"))

    def open_file(self, pieces: Iterable[Octets]) -> Iterator[bytes]:
        """Open the whole file. Raises Tampered, at the latest at its end."""
        return open_stream(self.secret, self._context(Kind.DOCFILE, "file"), pieces)

    def open_range(
        self, read: Callable[[int, int], Iterable[Octets]], size: int, *, start: int, stop: int
    ) -> Iterator[bytes]:
        """Open part of the file, see `stream.open_range`. Raises Tampered."""
        return open_range(
            self.secret, self._context(Kind.DOCFILE, "file"), read, size, start=start, stop=stop
        )

    def seal_meta(self, name: str, plaintext: Octets) -> bytes:
        """Seal something that describes the document, such as its file name, for the column `name`."""
        return seal(self.secret, self._context(Kind.DOCMETA, name), plaintext)

    def open_meta(self, name: str, sealed: Octets) -> bytes:
        """Open what `seal_meta` sealed for the same column. Raises Tampered."""
        return open_sealed(self.secret, self._context(Kind.DOCMETA, name), sealed)

    def _context(self, kind: Kind, name: str) -> Context:
        return Context(kind, self.owner, self.case_id, self.document_id, name)


class CaseKey:
    """The key of one case. Its subkeys are derived when first needed and kept as long as this object lives.

    Attributes:
        case_id: The case.
        owner: The business that owns the case.
        version: Which key of this case it is, from 1; stands in the header of everything it seals.
    """

    __slots__ = ("_expander", "_sealers", "_secret", "_subkeys", "case_id", "owner", "version")

    def __init__(self, case_id: UUID, owner: UUID, secret: bytes, version: int = 1) -> None:
        self.case_id, self.owner, self.version = case_id, owner, version
        self._secret, self._expander = secret, Expander(secret)
        self._subkeys: dict[str, bytes] = {}
        self._sealers: dict[str, Callable[[UUID, UUID, str, Octets], bytes]] = {}

    @classmethod
    def new(cls, case_id: UUID, owner: UUID, version: int = 1) -> Self:
        """Draw a fresh key."""
        return cls(case_id, owner, os.urandom(KEY_BYTES), version)

    @classmethod
    def unwrap(cls, grantee: OrgKey, case_id: UUID, owner: UUID, wrapped: Octets, version: int = 1) -> Self:
        """Open a grant. Raises Tampered if it was made for another organisation, case or version."""
        return cls(
            case_id, owner, open_sealed(grantee.secret, _grant(grantee, case_id, version), wrapped), version
        )

    def wrap_for(self, grantee: OrgKey) -> bytes:
        """Make a grant: this key sealed for an organisation (110 bytes)."""
        return seal(
            grantee.secret, _grant(grantee, self.case_id, self.version), self._secret, grantee.version
        )

    @staticmethod
    def wrapper_for(grantee: OrgKey) -> "Callable[[CaseKey], bytes]":
        """What makes the grants of many cases for one organisation, as `wrap_for` does."""
        seal_grant = SmallSealer(grantee.secret, Kind.WRAP_CASE, grantee.org_id, grantee.version).seal

        def wrap(case: CaseKey) -> bytes:
            return seal_grant(case.case_id, NOBODY, _grant_name(case.version), case._secret)

        return wrap

    def seal(self, disclosure: Disclosure, name: str, plaintext: Octets, object_id: UUID = NOBODY) -> bytes:
        """Seal one disclosure class, message or audit detail for the column `name` of the row `object_id`."""
        if len(plaintext) >= CHUNK_BYTES:
            context = Context(disclosure.kind, self.owner, self.case_id, object_id, name)
            return seal(self._subkey(disclosure), context, plaintext, self.version)
        sealer = self._sealers.get(disclosure)
        if sealer is None:
            key, kind = self._subkey(disclosure), _KINDS[disclosure]
            sealer = self._sealers[disclosure] = SmallSealer(key, kind, self.owner, self.version).seal
        return sealer(self.case_id, object_id, name, plaintext)

    def open(self, disclosure: Disclosure, name: str, sealed: Octets, object_id: UUID = NOBODY) -> bytes:
        """Open what `seal` sealed for the same class, column and row. Raises Tampered."""
        context = Context(disclosure.kind, self.owner, self.case_id, object_id, name)
        return open_sealed(self._subkey(disclosure), context, sealed)

    def new_document(self, document_id: UUID) -> tuple[DocumentKey, bytes]:
        """Draw a document key; give it and its wrap for the document's row (110 bytes)."""
        secret = os.urandom(KEY_BYTES)
        wrapped = seal(self._subkey("doc-wrap"), self._document(document_id), secret, self.version)
        return DocumentKey(document_id, self.case_id, self.owner, secret), wrapped

    def document(self, document_id: UUID, wrapped: Octets) -> DocumentKey:
        """Unwrap a document key. Raises Tampered."""
        secret = open_sealed(self._subkey("doc-wrap"), self._document(document_id), wrapped)
        return DocumentKey(document_id, self.case_id, self.owner, secret)

    def _document(self, document_id: UUID) -> Context:
        return Context(Kind.WRAP_DOC, self.owner, self.case_id, document_id, "document-key")

    def _subkey(self, purpose: str) -> bytes:
        found = self._subkeys.get(purpose)
        if found is None:
            found = self._subkeys[purpose] = self._expander.one(_subkey_info(purpose))[:KEY_BYTES]
        return found


@lru_cache(16)
def _subkey_info(purpose: str) -> bytes:
    return b"handoff/sub/v1\x00" + prefixed(purpose.encode())


def _grant(grantee: OrgKey, case_id: UUID, version: int) -> Context:
    return Context(Kind.WRAP_CASE, grantee.org_id, case_id, name=_grant_name(version))


@lru_cache(16)
def _grant_name(version: int) -> str:
    return f"case-key/{version}"
