"""What a case contains: the customer, the claims, the terms. Sealed, never stored in clear."""

import json
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from handoff_portal.cases.model.case import Balance, ClaimType, DebtorType
from handoff_portal.core.ids import ClaimId

_ENCODER = msgspec.json.Encoder(order="sorted")


class Channel(StrEnum):
    """Ways to reach a customer."""

    CALL = "call"
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    VISIT = "visit"
    MEETING = "meeting"
    PORTAL = "portal"
    MESSAGING = "messaging"


class Quiet(Struct, frozen=True, gc=False):
    """A time at which the customer does not want to be contacted.

    Attributes:
        days: Weekdays, Monday 0; empty means all.
        start: Second of the customer's day, inclusive.
        end: Second of the customer's day, exclusive; before `start` it runs past midnight.
    """

    days: tuple[int, ...]
    start: int
    end: int


class Customer(Struct, frozen=True, gc=False):
    """The person or company that owes; the identity class.

    Attributes:
        registration_number: Company number such as Singapore's UEN.
        emails: Lower-case addresses.
        phones: E.164 numbers.
        language: BCP 47 tag the customer prefers.
        preferred_channel: Channel the customer asked for.
        inconvenient_times: What the customer said about when not to call, in words.
        quiet: The same as times that the contact guard keeps.
        hardship: What is known about hardship; empty if nothing.
        vulnerability: What is known about vulnerability; empty if nothing.
        represented_by: Adviser or lawyer to talk to instead.
    """

    name: str
    debtor_type: DebtorType
    contact_person: str = ""
    registration_number: str = ""
    street: str = ""
    city: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: str = "en"
    preferred_channel: Channel | None = None
    inconvenient_times: str = ""
    hardship: str = ""
    vulnerability: str = ""
    represented_by: str = ""
    debtor_reference: str = ""
    quiet: tuple[Quiet, ...] = ()

    def encode(self) -> bytes:
        """As sealed: JSON, sorted keys."""
        return _json(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Customer":
        """The reverse of `encode`."""
        values: dict[str, Any] = json.loads(octets)
        channel = values.pop("preferred_channel")
        return cls(
            **{
                **values,
                "debtor_type": DebtorType(values["debtor_type"]),
                "emails": tuple(values["emails"]),
                "phones": tuple(values["phones"]),
                "quiet": tuple(
                    Quiet(tuple(one["days"]), one["start"], one["end"]) for one in values["quiet"]
                ),
                "preferred_channel": Channel(channel) if channel else None,
            }
        )


class Heading(Struct, frozen=True, gc=False):
    """The little that lists show of a case once opened.

    Attributes:
        name: The customer's name.
        creditor_reference: The business's own reference.
    """

    name: str
    creditor_reference: str

    def encode(self) -> bytes:
        """As sealed: JSON, sorted keys."""
        return _json(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Heading":
        """The reverse of `encode`."""
        return msgspec.json.decode(octets, type=cls)


class Terms(Struct, frozen=True, gc=False):
    """What was agreed and what the business wishes; sealed as part of `Particulars`.

    Attributes:
        contract_reference: Number or date of the contract.
        contract_signed_on: ISO date or empty.
        clause: Clause that allows interest and fees.
        interest_basis: How the interest was computed.
        interest_as_of: ISO date until which it was computed, or empty.
        payments_to_date: Minor units paid before submission.
        relationship: What the business wants kept of the relationship.
        disputed: Whether the customer disputes the debt now.
        dispute_note: What about.
        terms_clear: Whether the terms of the contract are unambiguous; None if nobody said.
        clarified_on: ISO date on which unclear terms were clarified with the customer, or empty.
        limitation_date: ISO date until which the claim can be enforced, as the business sees it, or empty.
    """

    contract_reference: str = ""
    contract_signed_on: str = ""
    clause: str = ""
    interest_basis: str = ""
    interest_as_of: str = ""
    payments_to_date: int = 0
    relationship: str = ""
    disputed: bool = False
    dispute_note: str = ""
    terms_clear: bool | None = None
    clarified_on: str = ""
    limitation_date: str = ""


class ClaimKind(StrEnum):
    """A claim adds to the debt, a credit note takes away."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Claim(Struct, frozen=True, gc=False):
    """One invoice or credit note.

    Attributes:
        number: The business's number of the paper.
        balance: Minor units per bucket, positive also for a credit note.
    """

    id: ClaimId
    kind: ClaimKind
    number: str
    description: str
    issued_on: date | None
    due_on: date | None
    balance: Balance

    @property
    def effect(self) -> Balance:
        """What it does to the balance of the case."""
        return self.balance if self.kind is ClaimKind.INVOICE else -self.balance


class Content(Struct, frozen=True, gc=False):
    """Everything a submitted case says.

    Attributes:
        charges: Interest, fees and costs of the account as a whole, beyond the claims.
    """

    customer: Customer
    creditor_reference: str
    claim_type: ClaimType
    currency: str
    terms: Terms
    claims: tuple[Claim, ...] = ()
    charges: Balance = Balance()

    @property
    def owed(self) -> Balance:
        """All claims and charges together, before earlier payments."""
        return sum((claim.effect for claim in self.claims), self.charges)

    @property
    def oldest_due_on(self) -> date | None:
        """The earliest due date of an invoice."""
        days = [c.due_on for c in self.claims if c.due_on and c.kind is ClaimKind.INVOICE]
        return min(days, default=None)


def _json(value: object) -> bytes:
    return _ENCODER.encode(value)
