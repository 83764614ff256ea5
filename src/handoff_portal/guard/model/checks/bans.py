"""Closed channels: bans, opting out, requests not to be called at work."""

from datetime import datetime

from handoff_portal.guard.model.checks.asked import Asked, Bound, Ground
from handoff_portal.guard.model.conditions import Ban, OptOut, WorkRequest
from handoff_portal.guard.model.situation import Said, Situation
from handoff_portal.guard.model.terms import Mark, Topic


def bind_ban(says: Ban, ground: Ground) -> Bound:
    """The channels are closed, but for contacts with a mark that frees them."""
    past, facts = ground.situation.history, ground.situation.facts
    told, forbidden = bool(facts & says.unless_facts), bool(facts & says.never_facts)

    def freed(asked: Asked) -> bool:
        marks = asked.proposed.shows
        if forbidden or marks & says.never_marks or not (told or marks & says.unless_marks):
            return False
        used = says.once and any(
            one.marks & says.unless_marks and one.channel in says.channels and one.at <= asked.at
            for one in past
        )
        return not used

    def check(asked: Asked) -> str | None:
        proposed = asked.proposed
        if says.channels and proposed.channel not in says.channels:
            return None
        if says.marks and not proposed.shows & says.marks:
            return None
        return None if freed(asked) else "This way of contact is closed here."

    return Bound(check, by_time=False)


def bind_opt_out(says: OptOut, ground: Ground) -> Bound | None:
    """Channels the customer opted out of; None if there are none."""
    closed = ground.situation.opted_out
    if not closed:
        return None

    def check(asked: Asked) -> str | None:
        if asked.proposed.channel not in closed or asked.proposed.marks & says.unless_marks:
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
