"""Who may be called now, for a whole page of cases: kept times, and what hangs on the reader."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.approvals import own_approvals
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.agencies.model.approval import Approval, is_approved
from handoff_portal.agencies.model.fitting import fitting_licence
from handoff_portal.agencies.model.licence import Licence
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.listing import CallTimes, Line
from handoff_portal.contacts.actions.guarding import basis_of, refresh_all
from handoff_portal.contacts.model.calling import Call, asks_approval, call_of
from handoff_portal.contacts.model.verdicts import LOOK_AHEAD
from handoff_portal.core.ids import CaseId
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.core.permissions import OrgKind
from handoff_portal.guard.actions.rules import rules_at
from handoff_portal.guard.model.deciding import Book
from handoff_portal.guard.model.rules import RuleFile

_Place = tuple[str, str, str]


def current_basis(work: Work) -> str:
    """The rules and the time zone data in force."""
    return basis_of(rules_at(work, work.now))


def calls_of(work: Work, lines: Iterable[Line]) -> dict[CaseId, Call]:
    """What a list says of the next call, for the cases that an agency holds; nothing for anybody else.

    Times are kept with the case, so that a page opens none; what is not known is worked out and kept.
    """
    if work.actor.org_kind is not OrgKind.AGENCY:
        return {}
    held = [line for line in lines if line.case.state is CaseState.HELD]
    if not held:
        return {}
    book = rules_at(work, work.now)
    reader = _Reader(work, book.rules)
    times = _times(work, held, book, reader.licences)
    return {
        line.case.id: call_of(times[line.case.id], on_hold=line.on_hold, why_not=reader.why_not(line.case))
        for line in held
        if line.case.id in times
    }


class _Reader:
    """Licences of the agency and approvals of the person, read once and asked once for each place."""

    def __init__(self, work: Work, rules: RuleFile) -> None:
        self._now, self._rules = work.now, rules
        self.licences: list[Licence] = licences_of(work, work.actor.org)
        self._approvals: list[Approval] = own_approvals(work)
        self._known: dict[_Place, str] = {}

    def why_not(self, case: Case) -> str:
        """What hinders this person at the place of a case; empty if nothing."""
        if case.country is None or case.debtor_type is None:
            return ""
        place = (case.country, case.region, case.debtor_type.value)
        if place not in self._known:
            self._known[place] = self._ask(*place)
        return self._known[place]

    def _ask(self, country: str, region: str, debtor_type: str) -> str:
        day = local_day(self._now, place_of(country, region))
        if not fitting_licence(self.licences, country, region, debtor_type, day).fits:
            return "No licence today"
        approved = is_approved(self._approvals, country, region, day)
        return (
            "" if approved or not asks_approval(self._rules, country, region, day) else "You are not approved"
        )


def _times(
    work: Work, held: Sequence[Line], book: Book, licences: Sequence[Licence]
) -> dict[CaseId, CallTimes]:
    """What is kept, and all at once what is not known or was worked out with other rules."""
    basis = basis_of(book)
    times = {
        line.case.id: kept
        for line in held
        if (kept := line.calls) is not None and kept.known_until > work.now and kept.basis == basis
    }
    missing = [line.case for line in held if line.case.id not in times]
    if missing:
        until = work.now + LOOK_AHEAD
        for case, found in refresh_all(work, missing, book, held=licences).items():
            times[case] = CallTimes(_is_open(found, work.now), _next(found, work.now), until, basis)
    return times


def _is_open(found: Iterable[tuple[datetime, datetime]], now: datetime) -> bool:
    return any(start <= now < end for start, end in found)


def _next(found: Iterable[tuple[datetime, datetime]], now: datetime) -> datetime | None:
    return min((start for start, _ in found if start > now), default=None)
