"""Hours and wishes: when the customer's clock allows a contact."""

from datetime import date

from handoff_portal.guard.model.checks.asked import Asked, Bound, Check, Ground, Moment
from handoff_portal.guard.model.checks.bans import is_closed
from handoff_portal.guard.model.checks.consent import consent_of
from handoff_portal.guard.model.limits import Hours, Week, Window, Wishes
from handoff_portal.guard.model.situation import Situation, Wish
from handoff_portal.guard.model.terms import Channel, Direction, Fact, Mark, Where

_WHERE = {
    Channel.VISIT: Where.RESIDENCE,
    Channel.WORKPLACE_CALL: Where.WORKPLACE,
    Channel.WORKPLACE_VISIT: Where.WORKPLACE,
    Channel.WORK_EMAIL: Where.WORKPLACE,
}


def bind_hours(says: Hours, ground: Ground) -> Bound | None:
    """The windows, or the customer's own hours at work; None if the debt is past due for long enough."""
    situation = ground.situation
    overdue = situation.days_past_due
    if says.past_due_over is not None and overdue is not None and overdue > says.past_due_over:
        return None
    week = _week(says, situation)
    if says.lifted_by_court and Fact.COURT_PERMISSION in situation.facts:
        return None
    agreed = says.lifted_by_consent and Fact.CONSENT in situation.facts
    dated = consent_of(ground, 0) if agreed else None

    def check(asked: Asked) -> str | None:
        consent = agreed and (dated is None or dated.frees(asked))
        if not covers(says, asked) or _is_free(says, asked, consent=consent, ground=ground):
            return None
        for moment in asked.moments:
            if said := _outside(moment, week, says.calendar, ground):
                return said
        return None

    return Bound(check, edges=week, minutes=dated.changes if dated else ())


def bind_cover(says: Hours) -> Check:
    """Whether the rule surely covers a contact: it says so where the place is known."""

    def check(asked: Asked) -> str | None:
        known = not says.where or _where(asked) is not None
        return "covered" if known and covers(says, asked) else None

    return check


def covers(says: Hours, asked: Asked) -> bool:
    """Whether the rule may be about this contact."""
    if asked.proposed.channel not in says.channels:
        return False
    place = _where(asked)
    return not says.where or place is None or place in says.where


def _where(asked: Asked) -> Where | None:
    return asked.proposed.where or _WHERE.get(asked.proposed.channel)


def _is_free(says: Hours, asked: Asked, *, consent: bool, ground: Ground) -> bool:
    if consent or (says.lifted_by_consent and Mark.CONSENTED in asked.proposed.marks):
        return True
    return says.yields and any(other(asked) for other in ground.others)


def _week(says: Hours, situation: Situation) -> Week:
    hours = situation.work_hours
    if not says.at_work_hours or hours is None:
        return says.week
    return tuple(hours if window else None for window in says.week)


def _outside(moment: Moment, week: Week, calendar: str, ground: Ground) -> str | None:
    window = week[moment.weekday]
    if window is None:
        return "There is no contact on this day of the week."
    if not _inside(moment.second, window):
        return f"It is {clock(moment.second)} for the customer; contact is from {words_of(window)}."
    if calendar and _is_holiday(moment, calendar, ground):
        return "It is a public holiday for the customer."
    return None


def _is_holiday(moment: Moment, calendar: str, ground: Ground) -> bool:
    situation, day = ground.situation, date.fromordinal(moment.day)
    told = Fact.PUBLIC_HOLIDAY in situation.facts or day in situation.holidays
    return told or ground.holidays(calendar, day)


def _inside(second: int, window: Window) -> bool:
    start, end = window
    return start <= second < end if start <= end else second >= start or second < end


def clock(second: int) -> str:
    """Hour and minute of a second of the day."""
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def words_of(window: Window) -> str:
    """A window in words."""
    return f"{clock(window[0])} to {clock(window[1])}"


def bind_wishes(says: Wishes, ground: Ground) -> Bound | None:
    """Times the customer called inconvenient; None if there are none."""
    situation = ground.situation
    if not situation.wishes and not (says.media and (situation.opted_out or situation.closed)):
        return None

    def check(asked: Asked) -> str | None:
        if asked.proposed.channel not in says.channels:
            return None
        if says.media and is_closed(situation, asked.proposed):
            return "The customer asked not to be contacted this way."
        if says.one_reply and _may_reply(asked, situation):
            return None
        return _unwelcome(asked, situation.wishes)

    edges = tuple((wish.start, wish.end) for wish in situation.wishes)
    return Bound(check, edges=edges)


def _unwelcome(asked: Asked, wishes: tuple[Wish, ...]) -> str | None:
    for moment in asked.moments:
        for wish in wishes:
            if _concerns(wish, asked) and _strikes(wish, moment):
                return _refusal(wish)
    return None


def _refusal(wish: Wish) -> str:
    if wish.places and (wish.start, wish.end) == (0, 24 * 3600):
        return "The customer asked for no contact at this place."
    return f"The customer asked for no contact from {words_of((wish.start, wish.end))}."


def _concerns(wish: Wish, asked: Asked) -> bool:
    """Whether a wish is about this channel and may be about where it reaches the customer."""
    if wish.channels and asked.proposed.channel not in wish.channels:
        return False
    place = _where(asked)
    return not wish.places or place in wish.places or (place is None and Where.RESIDENCE in wish.places)


def _strikes(wish: Wish, moment: Moment) -> bool:
    if wish.start < wish.end:
        return moment.weekday in wish.days and wish.start <= moment.second < wish.end
    begun_today = moment.weekday in wish.days and moment.second >= wish.start
    begun_before = (moment.weekday - 1) % 7 in wish.days and moment.second < wish.end
    return begun_today or begun_before


def _may_reply(asked: Asked, situation: Situation) -> bool:
    """One reply in the same medium: the last contact there must be the customer's own."""
    if Mark.REPLY not in asked.proposed.marks:
        return False
    same = [
        contact
        for contact in situation.history
        if contact.channel is asked.proposed.channel and contact.at <= asked.at
    ]
    return not same or max(same, key=lambda contact: contact.at).direction is Direction.INBOUND
