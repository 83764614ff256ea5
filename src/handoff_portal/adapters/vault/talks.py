"""The key of a conversation about an offer: both organisations hold it, although only one holds the case."""

import os
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from handoff_portal.adapters.vault.cases import OrgKey
from handoff_portal.adapters.vault.seal import KEY_BYTES, Context, Kind, Octets, open_sealed, seal
from handoff_portal.core.ids import NOBODY


@dataclass(frozen=True, slots=True)
class TalkKey:
    """The key that seals the questions and answers of one offer.

    Attributes:
        offer_id: The offer.
        secret: 32 bytes, not printed.
    """

    offer_id: UUID
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls, offer_id: UUID) -> Self:
        """Draw a fresh key."""
        return cls(offer_id, os.urandom(KEY_BYTES))

    @classmethod
    def unwrap(cls, holder: OrgKey, offer_id: UUID, wrapped: Octets) -> Self:
        """Open the wrap that was made for an organisation. Raises Tampered."""
        return cls(offer_id, open_sealed(holder.secret, _wrap(holder, offer_id), wrapped))

    def wrap_for(self, holder: OrgKey) -> bytes:
        """This key sealed for one of the two organisations (110 bytes)."""
        return seal(holder.secret, _wrap(holder, self.offer_id), self.secret, holder.version)

    def seal(self, message_id: UUID, plaintext: Octets) -> bytes:
        """Seal one message."""
        return seal(self.secret, self._message(message_id), plaintext)

    def open(self, message_id: UUID, sealed: Octets) -> bytes:
        """Open what `seal` sealed. Raises Tampered."""
        return open_sealed(self.secret, self._message(message_id), sealed)

    def _message(self, message_id: UUID) -> Context:
        return Context(Kind.MESSAGE, NOBODY, self.offer_id, message_id, "offer-message")


def _wrap(holder: OrgKey, offer_id: UUID) -> Context:
    return Context(Kind.WRAP_CASE, holder.org_id, object_id=offer_id, name="talk-key")
