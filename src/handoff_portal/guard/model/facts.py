"""Reading the state of a vector: what is known of customer, debt and agency beside the history."""

from datetime import date, datetime, tzinfo
from typing import Any

from handoff_portal.guard.model.reading import Field, Fields
from handoff_portal.guard.model.situation import Licence, Moratorium, Notice, Said, Wish
from handoff_portal.guard.model.spellings import (
    CONFIRMED,
    CONSENT,
    ENDED,
    FACTS,
    LONG_AGO,
    TOPICS,
    VISIT_NOTICE,
)
from handoff_portal.guard.model.terms import Channel, DebtType, Fact, Sent, Topic
from handoff_portal.guard.model.values import (
    BadValue,
    day,
    flag,
    many,
    moment,
    number,
    second_of_day,
    text,
    weekdays,
)

_ACTIVE = "active"


def read_facts(fields: Fields, jurisdiction: str, debt_type: DebtType, zone: tzinfo) -> dict[str, Any]:
    """The parts of a `Situation` that a vector's state names; mistakes are noted in `fields`."""
    facts = {fact for fact, names in FACTS.items() if _holds(fields, names)}
    notices, given = _notices(fields)
    consented, consent_on = _consent(fields, zone)
    found = {
        "facts": frozenset(facts | given | consented | _exceptions(fields)),
        "said": _topics(fields),
        "sent": notices,
        "wishes": _wishes(fields),
        "opted_out": fields.optional("opted_out", lambda value: many(Channel, value)) or frozenset(),
        "licence": _licence(fields, jurisdiction, debt_type),
        "moratorium": _moratorium(fields.inner("breathing_space")),
        "consent_on": consent_on,
        "initial_at": fields.optional("initial_communication_at", moment),
        "work_hours": fields.optional("work_hours", _work_hours),
        "days_past_due": fields.optional("days_past_due", number, "past_due_days", "days_overdue"),
        "debt_tag": fields.optional("debt_tag", text) or "",
    }
    fields.close()
    return found


def _holds(fields: Fields, names: tuple[str, ...]) -> bool:
    """Whether a fact is told: true, or anything about it that is not "no"."""
    value = fields.take(*names)
    return value is not None and value is not False and str(value) not in {"none", "no"}


def _exceptions(fields: Fields) -> set[Fact]:
    """Facts that a state tells by their opposite or in words."""
    found = set()
    if _holds(fields, ("work_email_exception",)):
        found.add(Fact.WORK_EMAIL_EXCEPTION)
    if fields.optional("regulated_credit", flag) is False:
        found.add(Fact.UNREGULATED_CREDIT)
    if fields.optional("agent_approved", flag) is False:
        found.add(Fact.AGENT_NOT_APPROVED)
    return found


def _consent(fields: Fields, zone: tzinfo) -> tuple[set[Fact], date | None]:
    """Whether the customer consented to be called, and on which local day."""
    value = fields.take(*CONSENT)
    if isinstance(value, dict):
        value = next((value[name] for name in ("on", "at") if name in value), True)
    if value is None or value is False:
        return set(), None
    try:
        return {Fact.CONSENT}, None if value is True else _local_day(value, zone)
    except BadValue as bad:
        fields.mistake(CONSENT[0], str(bad))
        return set(), None


def _local_day(value: object, zone: tzinfo) -> date:
    return moment(value).astimezone(zone).date() if "T" in str(value) else day(value)


def _topics(fields: Fields) -> dict[Topic, Said]:
    found = {}
    for topic, names in TOPICS.items():
        value = fields.take(*names)
        if isinstance(value, dict):
            name = next(name for name in names if fields.has(name) and fields.take(name) is value)
            found[topic] = _said(fields.inner(name))
        elif value is not None and value is not False:
            found[topic] = Said() if value is True else _dated(fields, names[0], value)
    return found


def _dated(fields: Fields, name: str, value: object) -> Said:
    try:
        return Said(at=moment(value))
    except BadValue as bad:
        fields.mistake(name, str(bad))
        return Said()


def _said(fields: Fields) -> Said:
    found = Said(
        at=fields.optional("at", moment),
        in_writing=fields.optional("in_writing", flag),
        ended_at=_when(fields, ENDED),
        confirmed_at=_when(fields, CONFIRMED),
        debts=Field.debts(fields),
        registered=fields.optional("registered", flag, "registered_letter"),
        well_founded=fields.optional("valid_grounds", flag, "well_founded") is not False,
    )
    fields.close()
    return found


def _when(fields: Fields, names: tuple[str, ...]) -> datetime | None:
    """A moment under one of these names; true means at once, false that it did not happen."""
    value = fields.take(*names)
    if isinstance(value, bool):
        return LONG_AGO if value else None
    return fields.optional(names[0], moment, *names[1:])


def _notices(fields: Fields) -> tuple[dict[Sent, Notice], set[Fact]]:
    found = {}
    if fields.has("validation_notice"):
        found[Sent.VALIDATION] = _validation(fields.inner("validation_notice"))
    for notice in (Sent.FIRST_NOTICE, Sent.VISIT):
        if fields.has(notice):
            found[notice] = Notice(sent_at=fields.optional(notice, moment))
    given = {Fact.VISIT_NOTICE} if _holds(fields, VISIT_NOTICE) else set()
    return found, given


def _validation(fields: Fields) -> Notice:
    channel = fields.optional("channel", text)
    received = fields.optional("received_on", day, "received_at")
    found = Notice(
        sent_at=fields.optional("sent_at", moment),
        received_on=received,
        in_person=channel in {"in_person", "oral", "hand", "call", "visit"},
    )
    fields.close()
    return found


def _wishes(fields: Fields) -> tuple[Wish, ...]:
    given = fields.take("inconvenient") or []
    if not isinstance(given, list):
        fields.mistake("inconvenient", "must be a list")
        return ()
    found = (_wish(fields.item("inconvenient", place, one)) for place, one in enumerate(given))
    return tuple(one for one in found if one)


def _wish(fields: Fields) -> Wish | None:
    days = fields.optional("days", weekdays)
    start = fields.optional("start", second_of_day)
    end = fields.optional("end", second_of_day)
    channels = fields.optional("channels", lambda value: many(Channel, value))
    fields.close()
    return Wish(
        days=frozenset(range(7)) if days is None else days,
        start=start or 0,
        end=24 * 3600 if end is None else end,
        channels=channels or frozenset(),
    )


def _work_hours(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != len(("start", "end")):
        raise BadValue("must be two times, begin and end")
    return second_of_day(value[0]), second_of_day(value[1])


def _licence(fields: Fields, jurisdiction: str, debt_type: DebtType) -> Licence | None:
    if not fields.has("licence"):
        return None
    if fields.take("licence") is None:
        return Licence(active=False)
    inner = fields.inner("licence")
    status, scope = inner.optional("status", text), inner.optional("in_scope", flag)
    places = _words(inner.take("jurisdictions", "jurisdiction"))
    debts = _words(inner.take("debt_types", "debt_type", "scope"))
    found = Licence(
        active=status in {None, _ACTIVE},
        expires_on=inner.optional("expires_on", day),
        in_scope=scope is not False and _covers(places, jurisdiction) and _covers_debt(debts, debt_type),
    )
    inner.close()
    return found


def _words(value: object) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _covers(places: list[str], jurisdiction: str) -> bool:
    """Whether a licence that names these places, if any, is for the customer's."""
    return not places or any(f"{jurisdiction}-".startswith(f"{place}-") for place in places)


def _covers_debt(debts: list[str], debt_type: DebtType) -> bool:
    return not debts or debt_type in debts or DebtType.BOTH in debts


def _moratorium(fields: Fields) -> Moratorium | None:
    start = fields.optional("start_on", day)
    crisis = fields.optional("mental_health", flag) or fields.take("kind", "type") in {
        "mental_health",
        "crisis",
    }
    found = {
        "treatment_ended_on": fields.optional(
            "treatment_ended_on", day, "treatment_ends_on", "treatment_end_on"
        ),
        "ended_on": fields.optional("ended_on", day, "cancelled_on"),
        "covers_debt": fields.optional("covers_debt", flag) is not False,
    }
    fields.close()
    if start is None:
        return None
    return Moratorium(start_on=start, crisis=crisis, **found)  # type: ignore[arg-type]
