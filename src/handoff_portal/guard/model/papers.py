"""Reading licences, notices and the breathing space of a vector's state."""

from typing import Any

from handoff_portal.guard.model.reading import Fields
from handoff_portal.guard.model.situation import Licence, Moratorium, Notice
from handoff_portal.guard.model.state_spellings import IN_FORCE, LONG_AGO, NO, VISIT_NOTICE
from handoff_portal.guard.model.terms import DebtType, Fact, Sent
from handoff_portal.guard.model.values import BadValue, day, flag, moment_in, plain_word, text

_CLASS = frozenset({"class", "class_licence", "class_license"})
_AT_ONCE = frozenset({"in_person", "oral", "hand", "call", "visit"})


def licence(fields: Fields, jurisdiction: str, debt_type: DebtType) -> Licence | None:
    """The agency's licence; None if nothing is said of it, and then it is in order."""
    if not fields.has("licence", "license"):
        return None
    name = "licence" if "licence" in fields.names() else "license"
    given = fields.take(name)
    if given is None or isinstance(given, bool | str):
        return Licence(active=given is True or plain_word(given) in IN_FORCE)
    inner = fields.inner(name)
    status, scope = inner.optional("status", text), inner.optional("in_scope", flag)
    places = _words(inner.take("jurisdictions", "jurisdiction"))
    debts = [word.lower() for word in _words(inner.take("debt_types", "debt_type", "scope"))]
    own = plain_word(inner.take("type", "kind")) not in _CLASS
    found = Licence(
        active=status is None or plain_word(status) in IN_FORCE,
        begins_on=inner.optional("begins_on", day, "valid_from", "starts_on", "issued_on"),
        expires_on=inner.optional(
            "expires_on", day, "expires", "expires_at", "expiry", "expiry_date", "valid_until", "valid_to"
        ),
        in_scope=own
        and scope is not False
        and _covers(places, jurisdiction)
        and (not debts or debt_type in debts or DebtType.BOTH in debts),
    )
    inner.close()
    return found


def _words(value: object) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _covers(places: list[str], jurisdiction: str) -> bool:
    """Whether a licence that names these places, if any, is for the customer's."""
    wanted = jurisdiction.replace("/", "-") + "-"
    return not places or any(
        place == "*" or wanted.startswith(place.upper().replace("/", "-") + "-") for place in places
    )


def notices(fields: Fields) -> tuple[dict[Sent, Notice], set[Fact]]:
    """Notices that something is said about, and the fact that a visit was announced."""
    found: dict[Sent, Notice] = {}
    if fields.has("validation_notice"):
        found[Sent.VALIDATION] = _validation(fields)
    elif fields.has("validation_notice_sent_at"):
        found[Sent.VALIDATION] = Notice(sent_at=fields.moment("validation_notice_sent_at"))
    for notice in (Sent.FIRST_NOTICE, Sent.VISIT):
        if fields.has(notice):
            found[notice] = Notice(sent_at=fields.moment(notice))
    again = fields.moment("on_notice_resent_at")
    if again is not None:
        found[Sent.FIRST_NOTICE] = Notice(sent_at=again)
    announced, given = _visit(fields)
    if announced is not None:
        found.setdefault(Sent.VISIT, announced)
    return found, given


def _visit(fields: Fields) -> tuple[Notice | None, set[Fact]]:
    """The notice of a visit: told by true or false, by its moment, or by names with values."""
    if not fields.has(*VISIT_NOTICE):
        return None, set()
    value = fields.take(*VISIT_NOTICE)
    if isinstance(value, dict):
        value = value.get("sent_at") or value.get("given_at") or value.get("at")
    if value is True or plain_word(value) in {"yes", "true", "given", "sent"}:
        return None, {Fact.VISIT_NOTICE}
    if value is None or value is False or plain_word(value) in NO:
        return Notice(), set()
    try:
        return Notice(sent_at=moment_in(fields.zone)(value)), set()
    except BadValue as bad:
        fields.mistake(VISIT_NOTICE[0], str(bad))
        return None, set()


def _validation(fields: Fields) -> Notice:
    value = fields.take("validation_notice")
    if isinstance(value, bool):
        return Notice(sent_at=LONG_AGO if value else None)
    if value is not None and not isinstance(value, dict):
        return Notice(sent_at=fields.moment("validation_notice"))
    inner = fields.inner("validation_notice")
    channel = plain_word(inner.take("channel", "by"))
    found = Notice(
        sent_at=inner.moment("sent_at", "sent_on", "provided_at", "at"),
        received_on=inner.optional("received_on", day, "received_at"),
        in_person=channel in _AT_ONCE,
    )
    inner.close()
    return found


def moratorium(fields: Fields) -> Moratorium | None:
    """A statutory breathing space, told by names with values or by its first day alone."""
    name = "breathing_space" if fields.has("breathing_space") else "moratorium"
    value = fields.take(name)
    if value is None or value is False:
        return None
    if not isinstance(value, dict):
        start = fields.optional(name, day)
        return Moratorium(start_on=start) if start else None
    return _moratorium(fields.inner(name))


def _moratorium(fields: Fields) -> Moratorium | None:
    start = fields.optional("start_on", day, "starts_on", "started_on", "start", "from", "start_at")
    kind = plain_word(fields.take("kind", "type"))
    found: dict[str, Any] = {
        "crisis": bool(fields.optional("mental_health", flag))
        or kind in {"mental_health", "crisis", "mental_health_crisis"},
        "treatment_ended_on": fields.optional(
            "treatment_ended_on", day, "treatment_ends_on", "treatment_end_on"
        ),
        "ended_on": fields.optional("ended_on", day, "cancelled_on"),
        "covers_debt": fields.optional("covers_debt", flag) is not False,
    }
    fields.close()
    if start is None:
        fields.mistake("start_on", "is missing; it is the first day of the breathing space")
        return None
    return Moratorium(start_on=start, **found)
