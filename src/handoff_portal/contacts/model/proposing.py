"""A contact that is logged, or that somebody has in mind, in the words of the contact guard."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.communications import ContactEntry, Direction, Party
from handoff_portal.contacts.model.dispositions import Disposition, Reached
from handoff_portal.contacts.model.guarding import Row, channel_of
from handoff_portal.contacts.model.opting_out import ELECTRONIC, says_how_to_opt_out
from handoff_portal.guard.model.situation import Proposed
from handoff_portal.guard.model.terms import Channel, Mark

_BY_CHANCE = frozenset({Disposition.TPC, Disposition.LM, Disposition.WN})
"""Somebody else answered what was meant for the customer; nothing was disclosed."""


def proposed_of(case: Case, entry: ContactEntry, *, answers: bool) -> Proposed | None:
    """A contact as the guard judges it; None for what it does not judge.

    The customer's own contacts are theirs, an adviser is whom one shall speak with, and notes reach nobody.
    Whether an electronic message says how to opt out follows from its text.

    Args:
        answers: Whether the customer wrote or called within the last day and waits for an answer.
    """
    if entry.direction is Direction.IN or entry.party is Party.REPRESENTATIVE:
        return None
    if entry.rule is not None and entry.rule.reached is Reached.INTERNAL:
        return None
    marks = {Mark.REPLY} if answers else set()
    if entry.channel in ELECTRONIC and says_how_to_opt_out(entry.words.text):
        marks.add(Mark.OPT_OUT_NOTICE)
    by_chance = entry.disposition in _BY_CHANCE
    return Proposed(
        at=entry.occurred_at,
        channel=channel_of(entry.channel, entry.party, entry.place, by_chance=by_chance),
        where=entry.place,
        marks=frozenset(marks),
        debt=str(case.id),
        creditor=str(case.business),
    )


def contact_now(case: Case, channel: Channel, at: datetime, *, answers: bool = False) -> Proposed:
    """A contact that somebody has in mind for this moment."""
    marks = frozenset({Mark.REPLY} if answers else ())
    return Proposed(at=at, channel=channel, debt=str(case.id), creditor=str(case.business), marks=marks)


def answers_customer(rows: Iterable[Row], at: datetime) -> bool:
    """Whether the customer turned to the two sides in the day before and nobody has answered since."""
    before = [row for row in rows if row.own and row.occurred_at < at]
    last = max(before, key=lambda row: row.occurred_at, default=None)
    return last is not None and last.direction is Direction.IN and at - last.occurred_at <= timedelta(days=1)
