"""How messages, contacts, notes, holds and promises look on the timeline."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.communications import (
    CHANNEL_WORDS,
    PARTY_WORDS,
    STAGE_WORDS,
    Communication,
    Direction,
    Party,
    Source,
)
from handoff_portal.contacts.model.conduct import Decision, Told, Why
from handoff_portal.contacts.model.dispositions import (
    DISPOSITIONS,
    REASONS,
    RECEIVED_WORDS,
    STEP_WORDS,
    Reached,
    ReceivedAs,
    Stops,
)
from handoff_portal.contacts.model.holds import Hold
from handoff_portal.contacts.model.notes import Note
from handoff_portal.contacts.model.promises import Promise, PromiseState
from handoff_portal.contacts.model.timeline import LOOK_OF, Group, Moment, Tone, side_of

_WRAPPED = 62
_LISTED = re.compile(r"[0-9]{1,3}[.)] ")
_REACHED_TONE = {Reached.CONTACT: Tone.INFO, Reached.FAIL: Tone.WARN}
_SINGLE_VOICE = (
    "The agency speaks for you while it holds the case; one voice is easier for the customer. "
    "Please pass the next message on to it."
)
_AGAINST = "A hold asked for no contact at this time. The business has been asked to look at it."
_BLOCKED = "The guard did not allow it at that time. Supervisor and business have been asked to look at it."
_LEFT = (
    "The check asked a supervisor of the agency to look at them. The case left the agency before anybody "
    "had, and it cannot open them any more."
)
_EARLY = "This was before the case was handed over."


def of_communication(
    case: Case, one: Communication, handed_over_at: datetime | None, why: str = ""
) -> Moment:
    """A message of the history or a logged contact, with why somebody went on against the guard."""
    contact = one.source is Source.CONTACT
    return Moment(
        at=one.occurred_at,
        group=Group.CONTACT if contact else Group.MESSAGE,
        side="customer" if one.direction is Direction.IN else side_of(case, one.org),
        who=_who(case, one),
        look=LOOK_OF[one.channel],
        title=CHANNEL_WORDS[one.channel],
        anchor=f"c-{one.id}",
        text=reflow(one.words.text),
        subject=one.words.subject,
        direction=one.direction.value,
        zone=one.zone,
        chips=_chips(one),
        more=_more(one) + ((("Why it could not wait", why),) if why else ()),
        documents=one.documents,
        names=one.words.attachments,
        remark=_remark(case, one, handed_over_at) if contact else "",
        recorded_at=one.recorded_at,
    )


def with_told(moment: Moment, told: Told | None) -> Moment:
    """The same with what a supervisor made of its words, as far as the reader may know."""
    if told is None or told.decision is Decision.FINE or (told.decision is None and told.why is Why.SAMPLE):
        return moment
    chip = {
        Decision.BREACH: ("Breach of respectful contact", Tone.BAD),
        Decision.COACH: ("A kinder way was noted", Tone.INFO),
        Decision.LEFT: ("Nobody had looked at these words", Tone.WARN),
        None: ("Words wait for a look", Tone.WARN),
    }[told.decision]
    more = (("Supervisor", told.reason),) if told.reason else ()
    if told.decision is Decision.LEFT:
        more = (("Words", _LEFT),)
    return replace(moment, chips=(*moment.chips, chip), more=(*moment.more, *more))


def reflow(text: str) -> str:
    """Join the lines of a mail that its program broke at some width; lists, quotes and signatures stay.

    A line that is nearly as long as the longest plausible width was broken by a program, not by a person.
    """
    lines = text.split("\n")
    joined = [lines[0]]
    for before, line in pairwise(lines):
        goes_on = len(before) >= _WRAPPED and line[:1].isalnum() and not _LISTED.match(line)
        if goes_on:
            joined[-1] = f"{joined[-1].rstrip()} {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


def of_note(case: Case, note: Note) -> Moment:
    """A note to the other side."""
    chips = (("Waits for an answer", Tone.WARN),) if note.waits else ()
    answered = (("Answered", Tone.GOOD),) if note.asks_answer and not note.waits else ()
    return Moment(
        at=note.sent_at,
        group=Group.NOTE,
        side=side_of(case, note.org),
        who=note.author,
        look="note",
        title="Question" if note.asks_answer else "Note",
        anchor=f"n-{note.id}",
        text=note.text,
        chips=chips + answered,
    )


def of_hold(case: Case, hold: Hold, now: datetime) -> Moment:
    """A hold being placed."""
    stops = (("Stops contact", Tone.WARN),) if hold.stops_contact and hold.is_open(now) else ()
    return Moment(
        at=hold.placed_at,
        group=Group.CHANGE,
        side=side_of(case, hold.org),
        who=hold.author,
        look="hold",
        title=f"On hold: {hold.rule.words}",
        anchor=f"h-{hold.id}",
        text="" if hold.communication else hold.reason,
        chips=stops or (("Ended", Tone.NEUTRAL),),
    )


def of_lifting(case: Case, hold: Hold) -> Moment:
    """A hold being lifted."""
    return Moment(
        at=hold.lifted_at,
        group=Group.CHANGE,
        side=hold.owner.value if case.holder else "business",
        who=hold.lifted_by,
        look="hold",
        title=f"Hold lifted: {hold.rule.words}",
        anchor=f"l-{hold.id}",
        text=hold.lift_reason,
        chips=(("Lifted", Tone.GOOD),),
    )


def of_promise(case: Case, promise: Promise) -> Moment:
    """A promise to pay; the amount is written by the page."""
    tones = {
        PromiseState.OPEN: ("Open", Tone.INFO),
        PromiseState.KEPT: ("Kept", Tone.GOOD),
        PromiseState.BROKEN: ("Not kept", Tone.WARN),
    }
    return Moment(
        at=promise.made_at,
        group=Group.MONEY,
        side=side_of(case, promise.org),
        who="",
        look="plan",
        title="Promise to pay",
        anchor=f"p-{promise.id}",
        chips=(tones[promise.state],),
        amount=promise.minor,
        currency=promise.currency,
        due_on=promise.due_on,
    )


def _who(case: Case, one: Communication) -> str:
    """Who wrote or spoke; where the customer did, who wrote it down."""
    if one.source is Source.CONTACT and one.direction is Direction.IN:
        return f"noted by {one.words.author}, {side_of(case, one.org)}"
    return one.words.author


def _chips(one: Communication) -> tuple[tuple[str, Tone], ...]:
    chips: list[tuple[str, Tone]] = []
    if one.disposition is not None:
        rule = DISPOSITIONS[one.disposition]
        tone = Tone.WARN if rule.stops is Stops.CONTACT else _REACHED_TONE.get(rule.reached, Tone.NEUTRAL)
        chips.append((rule.words, tone))
    if one.stage is not None:
        chips.append((STAGE_WORDS[one.stage], Tone.INFO))
    if one.against_hold:
        chips.append(("Against a hold", Tone.BAD))
    if one.verdict is not None and one.verdict.against:
        chips.append(("Blocked at that time", Tone.BAD))
    if one.verdict is not None and one.verdict.override is not None:
        chips.append(("Decided to go on", Tone.WARN))
    if one.occurred_at is None:
        chips.append(("No date in the message", Tone.NEUTRAL))
    return tuple(chips)


def _more(one: Communication) -> tuple[tuple[str, str], ...]:
    facts: list[tuple[str, str]] = []
    if one.words.recipient:
        facts.append(("To", one.words.recipient))
    if one.party is not Party.CUSTOMER:
        facts.append(("With", PARTY_WORDS[one.party]))
    if one.received_as is not None and one.received_as is not ReceivedAs.NOT_REACHED:
        facts.append(("Received", RECEIVED_WORDS[one.received_as]))
    if one.verdict is not None and one.verdict.rules:
        facts.append(("Rules against it", ", ".join(one.verdict.rules)))
    if one.reason is not None:
        facts.append(("Why not paid", REASONS[one.reason].words))
    if one.next_step is not None:
        facts.append(
            ("Next", STEP_WORDS[one.next_step] + (f", {one.next_on:%-d %b %Y}" if one.next_on else ""))
        )
    return tuple(facts)


def _remark(case: Case, one: Communication, handed_over_at: datetime | None) -> str:
    if one.against_hold:
        return _AGAINST
    if one.verdict is not None and one.verdict.against:
        return _BLOCKED
    if one.org == case.business and one.direction is Direction.OUT and case.holder is not None:
        return _SINGLE_VOICE
    early = handed_over_at is not None and one.occurred_at is not None and one.occurred_at < handed_over_at
    return _EARLY if early and one.org == case.holder else ""
