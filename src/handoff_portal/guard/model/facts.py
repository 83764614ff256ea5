"""Reading the state of a vector: what is known of customer, debt and agency beside the history."""

from datetime import UTC, date, datetime
from typing import Any

from handoff_portal.guard.model.papers import licence, moratorium, notices
from handoff_portal.guard.model.quiet import opted_out, wishes, work_hours
from handoff_portal.guard.model.reading import Field, Fields
from handoff_portal.guard.model.situation import Said
from handoff_portal.guard.model.state_spellings import (
    CONFIRMED,
    CONSENT,
    CONSENT_DATES,
    ENDED,
    FACTS,
    LONG_AGO,
    NO,
    OVER,
    PERMISSIONS,
    REGISTERED,
    SAID_AT,
    SPOKEN,
    TOPICS,
    WORK_EMAIL,
    WRITTEN,
    YES,
)
from handoff_portal.guard.model.terms import DebtType, Fact, Topic
from handoff_portal.guard.model.values import BadValue, day, flag, moment, moment_in, number, plain_word, text


def read_facts(fields: Fields, jurisdiction: str, debt_type: DebtType) -> dict[str, Any]:
    """The parts of a `Situation` that a vector's state names; mistakes are noted in `fields`.

    Args:
        fields: The state; dates without a time are days in its zone.
        jurisdiction: The customer's place, with a city behind a slash.
        debt_type: What a licence must be for.
    """
    sent, given = notices(fields)
    channels, addresses = opted_out(fields)
    holidays, told = _holidays(fields)
    found = {
        "facts": frozenset(_known(fields) | _permitted(fields) | _exceptions(fields) | given | told),
        "said": _topics(fields),
        "sent": sent,
        "wishes": wishes(fields),
        "opted_out": channels,
        "closed": addresses,
        "licence": licence(fields, jurisdiction, debt_type),
        "moratorium": moratorium(fields),
        "initial_at": fields.moment("initial_communication_at", "initial_communication"),
        "work_hours": fields.optional("work_hours", work_hours),
        "days_past_due": fields.optional("days_past_due", number, "past_due_days", "days_overdue"),
        "debt_tag": plain_word(fields.optional("debt_tag", text) or ""),
        "holidays": holidays,
        "paid_at": _when(fields, ("paid_at", "debt_paid_at", "paid_on", "debt_paid", "paid")),
    }
    found.update(_consent(fields, found))
    fields.close()
    return found


def _known(fields: Fields) -> set[Fact]:
    return {fact for fact, names in FACTS.items() if not _says_no(fields.take(*names))}


def _says_no(value: object) -> bool:
    return value is None or value is False or plain_word(value) in NO


def _permitted(fields: Fields) -> set[Fact]:
    """Facts that loosen: a word that is no clear yes is named and does not loosen."""
    found = set()
    for fact, names in PERMISSIONS.items():
        value = fields.take(*names)
        if _says_yes(value):
            found.add(fact)
        elif not _says_no(value) and not isinstance(value, dict):
            fields.leave(f"{names[0]}: {value}")
    return found


def _says_yes(value: object) -> bool:
    if isinstance(value, dict):
        refused = {"given", "granted", "in_writing", "written", "valid"}
        ended = {"withdrawn_at", "revoked_at", "withdrawn", "revoked"}
        return not any(value.get(one) is False for one in refused) and not any(map(value.get, ended))
    return value is True or isinstance(value, date) or plain_word(value) in YES or _is_moment(value)


def _is_moment(value: object) -> bool:
    try:
        moment_in(UTC)(value)
    except BadValue:
        return False
    return True


def _exceptions(fields: Fields) -> set[Fact]:
    """Facts that a state tells by their opposite or in words."""
    found = set()
    value = fields.take("work_email_exception")
    if value is True or plain_word(value) in WORK_EMAIL:
        found.add(Fact.WORK_EMAIL_EXCEPTION)
    elif not _says_no(value):
        fields.leave(f"work_email_exception: {value}")
    if fields.optional("regulated_credit", flag) is False:
        found.add(Fact.UNREGULATED_CREDIT)
    if fields.optional("agent_approved", flag) is False:
        found.add(Fact.AGENT_NOT_APPROVED)
    return found


def _holidays(fields: Fields) -> tuple[frozenset[date], set[Fact]]:
    """Days that are named as public holidays beside those of the calendars."""
    given = fields.take("holidays", "public_holidays")
    single = fields.take(*FACTS[Fact.PUBLIC_HOLIDAY])
    days = given if isinstance(given, list) else [] if given is None else [given]
    if not isinstance(single, bool) and single is not None and _is_moment(single):
        days = [*days, single]
    found = set()
    for one in days:
        try:
            found.add(day(one))
        except BadValue as bad:
            fields.mistake("holidays", str(bad))
    return frozenset(found), set()


def _consent(fields: Fields, found: dict[str, Any]) -> dict[str, Any]:
    """Whether the customer consented to be called, and when."""
    value = fields.take(*CONSENT)
    if isinstance(value, dict):
        dated = next((value[name] for name in CONSENT_DATES if value.get(name) is not None), True)
        value = dated if _says_yes(value) else None
    if _says_no(value):
        return {}
    facts = {"facts": found["facts"] | {Fact.CONSENT}}
    if value is True or plain_word(value) in YES:
        return facts
    try:
        if isinstance(value, datetime) or "t" in str(value).lower():
            at = moment(value)
            return {**facts, "consent_at": at, "consent_on": at.astimezone(fields.zone).date()}
        return {**facts, "consent_on": day(value)}
    except BadValue as bad:
        fields.mistake(CONSENT[0], str(bad))
        return {}


def _topics(fields: Fields) -> dict[Topic, Said]:
    found = {}
    for topic, names in TOPICS.items():
        value = fields.take(*names)
        name = next((one for one in names if fields.take(one) is value), names[0])
        if isinstance(value, dict):
            found[topic] = _said(fields.inner(name))
        elif not _says_no(value):
            found[topic] = Said() if value is True else _in_words(fields, topic, name, value)
    return found


def _in_words(fields: Fields, topic: Topic, name: str, value: object) -> Said:
    """What is told by one word or moment."""
    word = plain_word(value)
    if word in REGISTERED | WRITTEN | SPOKEN:
        return _formed(word)
    if word in OVER:
        return Said(ended_at=LONG_AGO)
    if word in YES | {"open"} or (topic is Topic.REPRESENTED and not _is_moment(value)):
        return Said()
    return Said(at=fields.moment(name))


def _formed(word: str) -> Said:
    if word in REGISTERED:
        return Said(in_writing=True, registered=True)
    return Said(in_writing=word in WRITTEN)


def _said(fields: Fields) -> Said:
    form = _formed(plain_word(word)) if (word := fields.take("form", "medium", "method", "by")) else Said()
    written = fields.optional("in_writing", flag, "written")
    registered = fields.optional("registered", flag, "registered_letter")
    ended = _when(fields, ENDED)
    open_now = fields.optional("open", flag, "active")
    if open_now is False or plain_word(fields.take("status")) in OVER:
        ended = ended or LONG_AGO
    found = Said(
        at=fields.moment(*SAID_AT),
        in_writing=form.in_writing if written is None else written,
        ended_at=ended,
        confirmed_at=_when(fields, CONFIRMED),
        debts=Field.debts(fields),
        registered=form.registered if registered is None else registered,
        well_founded=fields.optional("valid_grounds", flag, "well_founded", "possibly_valid") is not False,
    )
    fields.close()
    return found


def _when(fields: Fields, names: tuple[str, ...]) -> datetime | None:
    """A moment under one of these names; true means at once, false that it did not happen."""
    value = fields.take(*names)
    if isinstance(value, bool):
        return LONG_AGO if value else None
    return fields.moment(*names)
