"""What a row says that the customer asked, allowed, or is protected by."""

from collections.abc import Mapping
from datetime import date

from handoff_portal.contacts.model.facts import FactKind
from handoff_portal.portfolios.model.account import Problem, Wish
from handoff_portal.portfolios.model.cells import Value
from handoff_portal.portfolios.model.rows import Row, RowReader

_FLAGS = {
    "no_work_calls": FactKind.NO_WORK_CALLS,
    "employer_prohibits": FactKind.EMPLOYER_PROHIBITS,
}
_COLUMNS = frozenset({"consent_channels", "opted_out_channels", "breathing_space_date", *_FLAGS})


def wishes_of(facts: Mapping[str, Value]) -> tuple[Wish, ...]:
    """The wishes of an account; most have none."""
    if not _COLUMNS & facts.keys():
        return ()
    said_on = _day(facts, "wishes_date")
    found = [Wish(kind, said_on) for name, kind in _FLAGS.items() if facts.get(name)]
    if ways := _ways(facts, "consent_channels"):
        found.append(Wish(FactKind.CONSENT, _day(facts, "consent_date") or said_on, ways))
    if ways := _ways(facts, "opted_out_channels"):
        found.append(Wish(FactKind.CONSENT_WITHDRAWN, said_on, ways))
    if begun := _day(facts, "breathing_space_date"):
        found.append(Wish(FactKind.MORATORIUM, begun))
    return tuple(found)


def check_wishes(reader: RowReader, first: Row, facts: Mapping[str, Value], problems: list[Problem]) -> None:
    """A way of contact cannot be agreed to and refused at once."""
    refused = _ways(facts, "opted_out_channels")
    if both := [way for way in _ways(facts, "consent_channels") if way in refused]:
        words = ", ".join(both)
        what = f"{words} stands among what the customer agreed to and among what they do not want."
        mend = "Leave it in one of the two; what they said last counts."
        problems.append(reader.problem(first.number, "opted_out_channels", words, what, mend))


def _ways(facts: Mapping[str, Value], name: str) -> tuple[str, ...]:
    value = facts.get(name)
    return value if isinstance(value, tuple) else ()


def _day(facts: Mapping[str, Value], name: str) -> date | None:
    value = facts.get(name)
    return value if isinstance(value, date) else None
