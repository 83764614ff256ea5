"""The escalation policy: what a business asks of an account before it may be handed over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Channel
from handoff_portal.documents.model import DocumentKind

MOST_BANDS = 8

_USUAL = MappingProxyType({"AUD": 150_00, "EUR": 100_00, "GBP": 100_00, "SGD": 150_00, "USD": 100_00})
_USUAL_CHANNELS = frozenset({Channel.EMAIL, Channel.LETTER, Channel.MESSAGING, Channel.PORTAL})


class ContractCheck(StrEnum):
    """What can be asked of the contract beyond its being on file."""

    SIGNED = "signed"
    CLEAR = "clear"
    CLAUSE = "clause"


CHECK_WORDS: dict[ContractCheck, str] = {
    ContractCheck.SIGNED: "It was signed or accepted on a known day",
    ContractCheck.CLEAR: "Its terms are unambiguous, or were clarified with the customer",
    ContractCheck.CLAUSE: "A clause or law allows the interest and fees that are asked for",
}
"""How a check is called on pages."""


@dataclass(frozen=True, slots=True)
class EvidenceBand:
    """Which papers an account of some kind and size needs; every band that fits an account counts.

    Attributes:
        papers: Each of them must be on file.
        who: Only for companies or only for private persons; None for both.
        currency: ISO 4217 of `least`; empty where the band counts from any amount in any currency.
        least: Open amount from which it counts, minor units.
    """

    papers: frozenset[DocumentKind]
    who: DebtorType | None = None
    currency: str = ""
    least: int = 0

    def fits(self, who: DebtorType | None, currency: str, minor: int) -> bool:
        """Whether an account falls into the band."""
        if self.who is not None and who is not self.who:
            return False
        return not self.currency or (currency == self.currency and minor >= self.least)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy.

    Attributes:
        version: From 1; 0 is the one that everybody begins with.
        min_amounts: Smallest open amount in minor units by currency; other currencies have none.
        reminder_spacing_days: Days that lie between reminders that count.
        needs_personal: Whether somebody must have spoken with the customer.
        notice_channels: Ways in which the final notice may go out.
        notice_wording: Whether it must say that it is the last resort and that a solution is still welcome.
        final_notice_days: Days to wait after the final notice went out.
        needs_contract: Whether the contract must be on file.
        evidence: Further papers by kind of customer and amount.
        limitation: Whether the day on which the claim lapses must not have passed.
        made_at: When this version was made, UTC; None for version 0.
    """

    version: int = 0
    min_days_overdue: int = 30
    min_amounts: Mapping[str, int] = field(default_factory=lambda: _USUAL)
    min_reminders: int = 2
    reminder_spacing_days: int = 7
    needs_personal: bool = False
    notice_channels: frozenset[Channel] = _USUAL_CHANNELS
    notice_wording: bool = True
    final_notice_days: int = 14
    needs_contract: bool = True
    checks: frozenset[ContractCheck] = frozenset({ContractCheck.CLEAR, ContractCheck.CLAUSE})
    evidence: tuple[EvidenceBand, ...] = ()
    limitation: bool = True
    made_at: datetime | None = None

    def least(self, currency: str) -> int:
        """The smallest amount in this currency, minor units."""
        return self.min_amounts.get(currency, 0)

    def papers_for(self, who: DebtorType | None, currency: str, minor: int) -> frozenset[DocumentKind]:
        """The papers that an account needs beyond the contract."""
        if not self.evidence:
            return frozenset()
        return frozenset[DocumentKind]().union(
            *(band.papers for band in self.evidence if band.fits(who, currency, minor))
        )


_LONG_OVERDUE, _MANY_REMINDERS, _WIDE_SPACING, _LONG_WAIT, _MANY_PAPERS = 120, 4, 30, 45, 4


def warnings(policy: Policy) -> list[str]:
    """What makes a policy so strict that it may hurt the business or its customers; kind sentences."""
    found = []
    if policy.min_days_overdue > _LONG_OVERDUE:
        found.append(
            f"After {policy.min_days_overdue} days many customers cannot be reached any more. "
            "30 to 90 days are usual."
        )
    if policy.min_reminders > _MANY_REMINDERS:
        found.append(
            f"{policy.min_reminders} reminders can feel like pressure. Two or three, well spaced, are usual."
        )
    if policy.reminder_spacing_days > _WIDE_SPACING and policy.min_reminders > 1:
        found.append(f"{policy.reminder_spacing_days} days between reminders delay help. 7 to 14 are usual.")
    if policy.final_notice_days > _LONG_WAIT:
        found.append(f"{policy.final_notice_days} days after the final notice are long. 10 to 30 are usual.")
    if any(len(band.papers) > _MANY_PAPERS for band in policy.evidence):
        found.append("Few accounts have every paper that a row of your evidence asks for.")
    return found
