"""What a policy can judge of an account: amounts, days, counts and codes; nothing that names the customer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Channel, Content
from handoff_portal.documents.model import DocumentKind


class Facts(Struct, frozen=True, gc=False):
    """What the rules are measured against, beyond what the account itself says.

    Attributes:
        today: The day in the customer's time zone.
        reminders: Reminders in the history, those before the due date not counted.
        reminders_on: Days of those whose day is known, in the customer's zone, in any order.
        personal: Calls, meetings and visits in the history.
        final_notice_on: Day in the customer's zone on which the latest final notice went out.
        final_notice_undated: There is a final notice whose day is not known.
        final_notice_channel: How it went out; None where nobody said.
        notice_reads_well: Whether its text says what `wording` looks for; None where no text can be read.
        notice_declared: Somebody ticked that it does.
        contract_on_file: A document of kind contract is stored.
        papers: Kinds of the documents that are stored.
        other_case: Portal reference of a case that already bears the same own reference; empty if none.
    """

    today: date
    reminders: int = 0
    final_notice_on: date | None = None
    final_notice_undated: bool = False
    contract_on_file: bool = False
    other_case: str = ""
    reminders_on: tuple[date, ...] = ()
    personal: int = 0
    final_notice_channel: Channel | None = None
    notice_reads_well: bool | None = None
    notice_declared: bool = False
    papers: frozenset[DocumentKind] = frozenset()


class Profile(Struct, frozen=True, gc=False):
    """One account as a policy sees it.

    Attributes:
        currency: ISO 4217; empty where it is not known yet.
        minor: What is open, minor units; None where it is not known yet.
        oldest_row: Row of the oldest invoice in its form, from 1.
        charged: Whether interest or fees are asked for.
        disputed: None where nobody has said yet.
        clear: Whether the terms of the contract are unambiguous; None where nobody has said yet.
        limitation_on: Last day on which the claim can be enforced, as somebody entered it.
    """

    facts: Facts
    currency: str = ""
    minor: int | None = None
    debtor_type: DebtorType | None = None
    country: str = ""
    region: str = ""
    oldest_due_on: date | None = None
    oldest_row: int = 1
    charged: bool = False
    disputed: bool | None = None
    signed: bool = False
    clause: bool = False
    clear: bool | None = None
    clarified: bool = False
    limitation_on: date | None = None

    def on(self, today: date) -> "Profile":
        """The same account on another day."""
        return replace(self, facts=replace(self.facts, today=today))

    def as_json(self) -> dict[str, object]:
        """The part that the row of a case does not hold already: for `from_json`. Days are ISO 8601."""
        facts = self.facts
        return {
            "reminders": facts.reminders,
            "reminders_on": [day.isoformat() for day in facts.reminders_on],
            "personal": facts.personal,
            "notice_on": _text(facts.final_notice_on),
            "notice_channel": facts.final_notice_channel,
            "notice_undated": facts.final_notice_undated,
            "notice_reads_well": facts.notice_reads_well,
            "notice_declared": facts.notice_declared,
            "papers": sorted(facts.papers),
            "contract": facts.contract_on_file,
            "charged": self.charged,
            "disputed": self.disputed,
            "signed": self.signed,
            "clause": self.clause,
            "clear": self.clear,
            "clarified": self.clarified,
            "limitation_on": _text(self.limitation_on),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], today: date) -> "Profile":
        """The reverse of `as_json`; the columns of the case are added with `replace`."""
        channel = values["notice_channel"]
        facts = Facts(
            today=today,
            reminders=values["reminders"],
            reminders_on=tuple(map(date.fromisoformat, values["reminders_on"])),
            personal=values["personal"],
            final_notice_on=_day(values["notice_on"]),
            final_notice_channel=Channel(channel) if channel else None,
            final_notice_undated=values["notice_undated"],
            notice_reads_well=values["notice_reads_well"],
            notice_declared=values["notice_declared"],
            papers=frozenset(map(DocumentKind, values["papers"])),
            contract_on_file=values["contract"],
        )
        same = ("charged", "disputed", "signed", "clause", "clear", "clarified")
        return cls(
            facts, **{name: values[name] for name in same}, limitation_on=_day(values["limitation_on"])
        )


def profile_of(content: Content, facts: Facts) -> Profile:
    """An account as a policy sees it, from what it says."""
    terms, due = content.terms, content.oldest_due_on
    row = next((n for n, claim in enumerate(content.claims, 1) if claim.due_on == due), 1) if due else 1
    return Profile(
        facts=facts,
        currency=content.currency,
        minor=content.owed.total - terms.payments_to_date if content.claims else None,
        debtor_type=content.customer.debtor_type,
        country=content.customer.country,
        region=content.customer.region,
        oldest_due_on=due,
        oldest_row=row,
        charged=bool(content.charges.interest or content.charges.fees),
        disputed=terms.disputed,
        signed=bool(terms.contract_signed_on),
        clause=bool(terms.clause),
        clear=terms.terms_clear,
        clarified=bool(terms.clarified_on),
        limitation_on=_day(terms.limitation_date),
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
