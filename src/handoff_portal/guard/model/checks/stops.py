"""Stops and pauses: what somebody said ends contact, or lets it rest until there is an answer."""

from collections.abc import Callable

from handoff_portal.guard.model.checks.asked import Asked, Bound, Ground
from handoff_portal.guard.model.checks.bans import used_before
from handoff_portal.guard.model.checks.periods import dispute_period_ends
from handoff_portal.guard.model.conditions import Hold, Pause, Protection, Stop
from handoff_portal.guard.model.situation import Moratorium, Said
from handoff_portal.guard.model.terms import Topic

_WORDS = {
    Topic.CEASE: "The customer asked for no more contact.",
    Topic.DISPUTE: "The customer disputes the claim and waits for an answer.",
    Topic.REPRESENTED: "Somebody speaks for the customer; speak with them.",
    Topic.NO_WORK_CALLS: "The customer asked not to be called at work.",
    Topic.SUBSTANTIATION: "The customer asked for proof of the claim and waits for it.",
    Topic.ORIGINAL_CREDITOR: "The customer asked who the first creditor is and waits for an answer.",
    Topic.REGISTERED_LETTER: "The customer asked for it by registered letter.",
    Topic.REFUSES: "The customer has said that they will not pay.",
    Topic.PROCEEDINGS: "A mediation or a case at court has begun.",
    Topic.FORBEARANCE: "The customer needs time to find a solution.",
}
_LETTERS = frozenset({Topic.CEASE, Topic.REPRESENTED})
"""Topics that a rule for registered letters reads as one where nobody knows how they came."""


def bind_stop(says: Stop, ground: Ground) -> Bound | None:
    """Contact ends; None if nothing was said that ends it."""
    situation = ground.situation
    found = [
        (topic, said)
        for topic, said in situation.said.items()
        if topic in says.topics and _in_form(says, topic, said)
    ]
    if not found or situation.facts & says.lifted_by:
        return None

    def spent(asked: Asked, said: Said) -> bool:
        marks = asked.proposed.marks & says.allowed
        return not marks or any(used_before(situation, mark, said.at, asked.at) for mark in marks)

    def check(asked: Asked) -> str | None:
        if asked.proposed.marks & says.apart:
            return None
        for topic, said in found:
            if said.stands(asked.at, asked.proposed.debt) and spent(asked, said):
                return _WORDS[topic]
        return None

    return Bound(check, by_time=False)


def _in_form(says: Stop, topic: Topic, said: Said) -> bool:
    if says.written and said.in_writing is False:
        return False
    if not says.registered or topic is Topic.REGISTERED_LETTER:
        return True
    if said.registered is not None or said.in_writing is False:
        return said.registered is True
    return topic in _LETTERS


def bind_protection(says: Protection, ground: Ground) -> Bound | None:
    """A breathing space; None if there is none that covers this debt."""
    space = ground.situation.moratorium
    if space is None or not space.covers_debt:
        return None
    last = _last_day(says, space)

    def check(asked: Asked) -> str | None:
        if asked.proposed.marks & says.allowed:
            return None
        if any(
            space.start_on.toordinal() <= one.day and (last is None or one.day <= last)
            for one in asked.moments
        ):
            return "The customer is protected by a breathing space."
        return None

    return Bound(check, by_time=last is not None)


def _last_day(says: Protection, space: Moratorium) -> int | None:
    """The last protected day; None while it cannot be known."""
    if not space.crisis:
        last = space.start_on.toordinal() + says.days - 1
    elif space.treatment_ended_on:
        last = space.treatment_ended_on.toordinal() + says.after_treatment_days
    else:
        return space.ended_on.toordinal() - 1 if space.ended_on else None
    return min(last, space.ended_on.toordinal() - 1) if space.ended_on else last


def bind_pause(says: Pause, ground: Ground) -> Bound | None:
    """Contact rests until there is an answer; None if nothing was said that pauses it."""
    found = [
        (topic, said)
        for topic, said in ground.situation.said.items()
        if topic in says.topics and _pauses(says, said) and _in_period(says, ground)(said)
    ]
    if not found:
        return None

    def check(asked: Asked) -> str | None:
        if asked.proposed.marks & says.allowed:
            return None
        if says.yields and any(other(asked) for other in ground.others):
            return None
        for topic, said in found:
            if said.stands(asked.at, asked.proposed.debt):
                return _WORDS[topic]
        return None

    return Bound(check, by_time=False)


def _pauses(says: Pause, said: Said) -> bool:
    if says.written and said.in_writing is False:
        return False
    return said.well_founded or not says.founded


def _in_period(says: Pause, ground: Ground) -> Callable[[Said], bool]:
    """Whether something was said before the period ended, in any of the zones."""

    def inside(said: Said) -> bool:
        if not says.period_days or said.at is None:
            return True
        ends = dispute_period_ends(ground, says.period_days, says.receipt_days, says.calendar)
        days = ground.local_days(said.at)
        return any(end is None or day <= end for day, end in zip(days, ends, strict=True))

    return inside


def bind_hold(says: Hold, ground: Ground) -> Bound | None:
    """Contact rests for some days; None if nothing was said."""
    said = ground.situation.said.get(says.topic)
    if said is None:
        return None
    begun = ground.local_days(said.at) if said.at else None

    def check(asked: Asked) -> str | None:
        if not said.stands(asked.at, asked.proposed.debt):
            return None
        if begun is None or any(
            moment.day - day <= says.days for moment, day in zip(asked.moments, begun, strict=True)
        ):
            return _WORDS[says.topic]
        return None

    return Bound(check, by_time=begun is not None)
