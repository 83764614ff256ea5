"""Money and hand-offs as entries of the timeline, beside what contacts tell."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.timeline import Group, Moment, Tone
from handoff_portal.handoffs.model.handoff import EndKind, Handoff

_MONEY: dict[EntryKind, tuple[str, str]] = {
    EntryKind.PAYMENT: ("agency", "Payment to the agency"),
    EntryKind.DIRECT_PAYMENT: ("business", "Payment to the business"),
    EntryKind.REVERSAL: ("portal", "Payment taken back"),
    EntryKind.ADJUSTMENT: ("portal", "Correction of the balance"),
    EntryKind.WRITE_OFF: ("portal", "Written off at the close"),
}
_ENDED = {
    EndKind.RETURNED: ("agency", "Gave the case back"),
    EndKind.RECALLED: ("business", "Took the case back"),
    EndKind.CLOSED: ("portal", "Closed"),
}
SHOWN = ("all", "contacts", "messages", "notes", "money")
_GROUPS: dict[str, frozenset[Group]] = {
    "contacts": frozenset({Group.CONTACT}),
    "messages": frozenset({Group.MESSAGE}),
    "notes": frozenset({Group.NOTE}),
    "money": frozenset({Group.MONEY}),
}


def of_entries(case: Case, entries: Iterable[Entry], zone: str) -> list[Moment]:
    """Payments, corrections and write-offs; what was owed from the start is in the balance."""
    return [
        Moment(
            at=entry.recorded_at,
            group=Group.MONEY,
            side=_MONEY[entry.kind][0],
            who="",
            look="payment",
            title=_MONEY[entry.kind][1],
            anchor=f"e-{entry.id}",
            more=_counted_from(entry, zone),
            amount=entry.change.total,
            currency=case.currency or "",
        )
        for entry in entries
        if entry.kind in _MONEY
    ]


def of_case(case: Case, business: str, held: Iterable[tuple[Handoff, str]]) -> list[Moment]:
    """Submission, hand-overs and their ends.

    Args:
        business: Its name.
        held: Each hand-off with the name of its agency.
    """
    found = []
    if case.submitted_at is not None:
        found.append(_change(case.submitted_at, "business", business, "Submitted the case", "s"))
    for handoff, agency in held:
        found.append(_change(handoff.accepted_at, "agency", agency, "Accepted the case", f"a-{handoff.id}"))
        if handoff.ended_at is not None and handoff.end_kind is not None:
            side, title = _ENDED[handoff.end_kind]
            who = agency if side == "agency" else ""
            found.append(
                _change(
                    handoff.ended_at, side, who, title, f"z-{handoff.id}", ((handoff.end_say, Tone.NEUTRAL),)
                )
            )
    return found


def filtered(moments: Iterable[Moment], shown: str) -> list[Moment]:
    """Only what was asked for; everything for an unknown word."""
    groups = _GROUPS.get(shown, frozenset(Group))
    return [moment for moment in moments if moment.group in groups]


def _change(
    at: datetime, side: str, who: str, title: str, anchor: str, chips: tuple[tuple[str, Tone], ...] = ()
) -> Moment:
    return Moment(
        at=at, group=Group.CHANGE, side=side, who=who, look="state", title=title, anchor=anchor, chips=chips
    )


def _counted_from(entry: Entry, zone: str) -> tuple[tuple[str, str], ...]:
    if entry.effective_on == entry.recorded_at.astimezone(ZoneInfo(zone)).date():
        return ()
    return (("Received on", f"{entry.effective_on:%-d %b %Y}"),)
