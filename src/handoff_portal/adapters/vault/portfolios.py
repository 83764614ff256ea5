"""The key of one uploaded portfolio: its files and everything read from them, until all of it is cases."""

import os
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from handoff_portal.adapters.vault.cases import DocumentKey, OrgKey
from handoff_portal.adapters.vault.seal import KEY_BYTES, Context, Kind, Octets, open_sealed, prefixed, seal
from handoff_portal.core.ids import NOBODY


@dataclass(frozen=True, slots=True)
class PortfolioKey:
    """The key of one portfolio. Deleting its wrap shreds what was uploaded and staged.

    Attributes:
        portfolio_id: The portfolio.
        owner: The business that uploaded it.
        secret: 32 bytes, not printed.
    """

    portfolio_id: UUID
    owner: UUID
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls, portfolio_id: UUID, owner: UUID) -> Self:
        """Draw a fresh key."""
        return cls(portfolio_id, owner, os.urandom(KEY_BYTES))

    @classmethod
    def unwrap(cls, owner: OrgKey, portfolio_id: UUID, wrapped: Octets) -> Self:
        """Open the wrap of a portfolio's row. Raises Tampered if it was made for another one."""
        secret = open_sealed(owner.secret, _wrap(owner, portfolio_id), wrapped)
        return cls(portfolio_id, owner.org_id, secret)

    def wrap_for(self, owner: OrgKey) -> bytes:
        """This key sealed for the business (110 bytes)."""
        return seal(owner.secret, _wrap(owner, self.portfolio_id), self.secret, owner.version)

    def file(self, file_id: UUID) -> DocumentKey:
        """The key of one uploaded file."""
        info = b"handoff/portfolio-file/v1\x00" + prefixed(file_id.bytes)
        secret = HKDFExpand(SHA512(), KEY_BYTES, info).derive(self.secret)
        return DocumentKey(file_id, NOBODY, self.owner, secret)

    def seal(self, name: str, number: int, plaintext: Octets) -> bytes:
        """Seal what belongs into the column `name` of the row with this number."""
        return seal(self.secret, self._place(name, number), plaintext)

    def open(self, name: str, number: int, sealed: Octets) -> bytes:
        """Open what `seal` sealed for the same column and row. Raises Tampered."""
        return open_sealed(self.secret, self._place(name, number), sealed)

    def _place(self, name: str, number: int) -> Context:
        row = UUID(int=number)
        return Context(Kind.FIELD, self.owner, object_id=self.portfolio_id, name=f"portfolio.{name}/{row}")


def _wrap(owner: OrgKey, portfolio_id: UUID) -> Context:
    return Context(Kind.WRAP_CASE, owner.org_id, object_id=portfolio_id, name="portfolio-key")
