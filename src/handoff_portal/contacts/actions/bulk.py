"""The histories of many new cases at once, and the holds that they begin with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.contacts.model.events import HistoryAdded, HoldPlaced
from handoff_portal.contacts.model.facts import ContactFactRecorded, FactKind, Terms
from handoff_portal.contacts.model.holds import RULES, HoldKind
from handoff_portal.contacts.store import bulk, holds
from handoff_portal.core.ids import CaseId, ContactFactId, HoldId, OrgId


class Histories:
    """What a business and its customers said in many new cases: sealed when it comes, inserted in the end."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def add(self, key: CaseKey, entries: Iterable[HistoryEntry]) -> None:
        """Seal the history of one case."""
        case, version, seal = key.case_id, key.version, key.seal
        for entry in entries:
            one = new_id()
            self._rows.append(
                (
                    one,
                    case,
                    entry.source,
                    entry.occurred_at,
                    entry.zone,
                    entry.channel,
                    entry.direction,
                    entry.party,
                    entry.stage,
                    version,
                    seal(Disclosure.MESSAGES, "communication", entry.words.encode(), one),
                )
            )

    def insert(self, work: Work, own: OrgId) -> None:
        """Insert all of it; the caller records one event a case."""
        bulk.add_histories(work, own, self._rows)


def add_mails(work: Work, own: OrgId, said: Iterable[tuple[CaseKey, Sequence[HistoryEntry]]]) -> None:
    """Add what mails of a portfolio say to cases that were submitted, with the documents they came as.

    It was said before the portfolio was sent, so it is history, whoever holds the case now.
    """
    mails, events = [], []
    for key, entries in said:
        case = CaseId(key.case_id)
        for entry in entries:
            one = new_id()
            words = key.seal(Disclosure.MESSAGES, "communication", entry.words.encode(), one)
            mails.append(bulk.Sealed(one, case, key.version, words, entry))
        sources = tuple(sorted({entry.source for entry in entries}))
        events.append(HistoryAdded(case=case, own=own, messages=len(entries), sources=sources))
    bulk.add_mails(work, own, mails, events)


@dataclass(frozen=True, slots=True)
class Resting:
    """A new case whose customer has to be left in peace.

    Attributes:
        time_zone: IANA zone of the customer.
        reasons: Why, by kind.
    """

    key: CaseKey
    time_zone: str
    reasons: Mapping[HoldKind, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a business knows of a new case's customer that the contact guard looks at.

    Attributes:
        facts: Kind, day, and what of it is sealed.
    """

    key: CaseKey
    facts: Sequence[tuple[FactKind, date, Terms]]


def add_facts(work: Work, own: OrgId, told: Iterable[Told]) -> list[ContactFactRecorded]:
    """Write down what customers of new cases asked or allowed. The caller records the events given."""
    rows, events = [], []
    for one in told:
        case = CaseId(one.key.case_id)
        for kind, day, terms in one.facts:
            fact = ContactFactId(new_id())
            sealed = one.key.seal(Disclosure.MESSAGES, "contact_fact", terms.encode(), fact)
            rows.append((fact, case, kind.value, day, one.key.version, sealed))
            events.append(ContactFactRecorded(case=case, own=own, fact=fact, kind=kind, happened_on=day))
    if rows:
        bulk.add_facts(work, own, rows)
    return events


def add_holds(work: Work, own: OrgId, resting: Iterable[Resting]) -> list[HoldPlaced]:
    """Place holds on new cases. The caller records the events that this gives."""
    rows, events = [], []
    for one in resting:
        case = CaseId(one.key.case_id)
        for kind, reason in one.reasons.items():
            hold, rule = HoldId(new_id()), RULES[kind]
            due = working_days_later(work.now, rule.due_days, one.time_zone) if rule.due_days else None
            until = work.now + timedelta(days=rule.lasts_days) if rule.lasts_days else None
            sealed = one.key.seal(Disclosure.MESSAGES, "reason", holds.words(work.actor.name, reason), hold)
            rows.append((hold, case, kind.value, rule.owner.value, rule.stops_contact, due, until, sealed))
            events.append(
                HoldPlaced(
                    case=case, own=own, hold=hold, kind=kind, stops_contact=rule.stops_contact, until=until
                )
            )
    if rows:
        bulk.add_holds(work, own, rows)
    return events
