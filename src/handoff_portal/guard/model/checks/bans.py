"""Closed channels: bans, opting out, requests not to be called at work."""

from datetime import datetime

from handoff_portal.guard.model.checks.asked import Asked, Bound, Ground
from handoff_portal.guard.model.conditions import Ban, OptOut, WorkRequest
from handoff_portal.guard.model.situation import Contact, Proposed, Said, Situation
from handoff_portal.guard.model.terms import Direction, Mark, Outcome, Topic

_REACHED = frozenset({Outcome.CONVERSATION, Outcome.VOICEMAIL, Outcome.SENT, Outcome.VISITED})


def bind_ban(says: Ban, ground: Ground) -> Bound:
    """The channels are closed, but for contacts with a mark that frees them."""
    past = ground.situation.history

    def freed(asked: Asked) -> bool:
        marks = asked.proposed.shows
        if marks & says.never_marks or not marks & says.unless_marks:
            return False
        if not says.once:
            return True
        return not any(_was_spoken_with(one, asked.proposed) for one in past if one.at <= asked.at)

    def _was_spoken_with(one: Contact, proposed: Proposed) -> bool:
        """Whatever it was for; who was not reached has not been spoken with."""
        reached = one.outcome in _REACHED and one.direction is Direction.OUTBOUND
        counts = one.channel in says.channels and not one.marks & says.apart
        return reached and counts and _same_person(one, proposed)

    def check(asked: Asked) -> str | None:
        proposed = asked.proposed
        if says.channels and proposed.channel not in says.channels:
            return None
        if proposed.marks & says.apart or (says.marks and not proposed.shows & says.marks):
            return None
        return None if freed(asked) else "This way of contact is closed here."

    return Bound(check, by_time=False)


def _same_person(one: Contact, proposed: Proposed) -> bool:
    return not (one.person and proposed.person) or one.person == proposed.person


def is_closed(situation: Situation, proposed: Proposed) -> bool:
    """Whether the customer opted out of this channel, or of the address or number it goes to."""
    return proposed.channel in situation.opted_out or any(one.closes(proposed) for one in situation.closed)


def bind_opt_out(says: OptOut, ground: Ground) -> Bound | None:
    """Channels the customer opted out of; None if there are none."""
    situation = ground.situation
    if not situation.opted_out and not situation.closed:
        return None

    def check(asked: Asked) -> str | None:
        if not is_closed(situation, asked.proposed) or asked.proposed.marks & says.unless_marks:
            return None
        return "The customer asked not to be contacted this way."

    return Bound(check, by_time=False)


def bind_work_request(says: WorkRequest, ground: Ground) -> Bound | None:
    """A request not to be called at work; None if there is none."""
    request = ground.situation.said.get(Topic.NO_WORK_CALLS)
    if request is None:
        return None
    lasting = request.in_writing is not False or _confirmed_in_time(says, request, ground)

    def check(asked: Asked) -> str | None:
        if asked.proposed.channel not in says.channels or not request.stands(asked.at, asked.proposed.debt):
            return None
        if lasting or _still_valid(says, request.at, asked, ground):
            return "The customer asked not to be called at work."
        return None

    return Bound(check, by_time=not lasting)


def _confirmed_in_time(says: WorkRequest, request: Said, ground: Ground) -> bool:
    if request.at is None or request.confirmed_at is None:
        return request.confirmed_at is not None
    said, confirmed = ground.local_days(request.at), ground.local_days(request.confirmed_at)
    return any(after - day <= says.confirm_days for day, after in zip(said, confirmed, strict=True))


def _still_valid(says: WorkRequest, at: datetime | None, asked: Asked, ground: Ground) -> bool:
    if at is None:
        return True
    said = ground.local_days(at)
    return any(moment.day - day <= says.valid_days for moment, day in zip(asked.moments, said, strict=True))


def used_before(situation: Situation, mark: Mark, since: datetime | None, at: datetime) -> bool:
    """Whether a contact with this mark was made after `since` and up to `at`."""
    return any(
        mark in one.marks and (since is None or one.at >= since) and one.at <= at for one in situation.history
    )
