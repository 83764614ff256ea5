"""The queue of cases and revealing personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.actions.cases import reference_index
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Customer, Heading
from handoff_portal.cases.model.events import PersonalDataRevealed
from handoff_portal.cases.model.listing import CallTimes, Line, Listing, Tally, Wanted
from handoff_portal.cases.store import listing
from handoff_portal.cases.store.rows import case_of
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.identity.actions.organisations import open_org_key


class RevealReason(StrEnum):
    """Why somebody needs to see personal data."""

    CONTACT_NOW = "contact_now"
    CHECK_IDENTITY = "check_identity"
    WRITE_LETTER = "write_letter"
    ANSWER_CUSTOMER = "answer_customer"
    CORRECT_DATA = "correct_data"


def list_cases(work: Work, wanted: Wanted) -> Listing:
    """One page of the cases of this organisation, headings opened."""
    work.actor.require(Permission.CASE_READ)
    found = listing.read_page(work, wanted, indexes_of(work, wanted.search))
    org_key = open_org_key(work, work.actor.org)
    lines = []
    for row in found.rows:
        case = case_of(row)
        heading = None
        if row["sealed_heading"] is not None:
            key = work.vault.unwrap_case(org_key, case.id, case.business, row["wrapped"], case.key_version)
            heading = Heading.decode(key.open(Disclosure.IDENTITY, "heading", row["sealed_heading"]))
        lines.append(Line(case, heading, row["on_hold"], _calls(row)))
    return Listing(tuple(lines), found.following, found.preceding)


def _calls(row: Mapping[Any, Any]) -> CallTimes | None:
    if "call_known_until" not in row or row["call_known_until"] is None:
        return None
    return CallTimes(row["call_now"], row["call_next"], row["call_known_until"], row["call_basis"])


def headings_of(work: Work, wanted: Sequence[CaseId]) -> dict[CaseId, Heading]:
    """Name and own reference of several cases at once; those this organisation cannot open are left out."""
    work.actor.require(Permission.CASE_READ)
    org_key = open_org_key(work, work.actor.org)
    found = {}
    for row in listing.read_headings(work, wanted):
        case, owner = CaseId(row["id"]), OrgId(row["business_id"])
        key = work.vault.unwrap_case(org_key, case, owner, row["wrapped"], row["key_version"])
        found[case] = Heading.decode(key.open(Disclosure.IDENTITY, "heading", row["sealed_heading"]))
    return found


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that this organisation opened.

    Attributes:
        since: When it could first: for an agency, since the hand-over.
    """

    key: CaseKey
    customer: Customer | None
    since: datetime


def open_cases(
    work: Work, wanted: Sequence[Case], keys: Mapping[CaseId, CaseKey] | None = None
) -> dict[CaseId, Opened]:
    """Key and customer of several cases at once; those this organisation cannot open are left out.

    Args:
        keys: Keys that were opened before.
    """
    cases, known = {case.id: case for case in wanted}, dict(keys or {})
    org_key = open_org_key(work, work.actor.org) if cases.keys() - known.keys() else None
    found = {}
    for row in listing.read_opened(work, list(cases)):
        case = cases[CaseId(row["id"])]
        key = known.get(case.id)
        if key is None and org_key is not None:
            key = work.vault.unwrap_case(org_key, case.id, case.business, row["wrapped"], row["key_version"])
        if key is not None:
            sealed = row["sealed_identity"]
            customer = Customer.decode(key.open(Disclosure.IDENTITY, "identity", sealed)) if sealed else None
            found[case.id] = Opened(key, customer, row["since"])
    return found


def list_countries(work: Work) -> list[str]:
    """The countries of this organisation's customers, ISO 3166-1 alpha-2, without reading every case."""
    work.actor.require(Permission.CASE_READ)
    return listing.list_countries(work)


def tally(work: Work) -> tuple[list[Tally], bool]:
    """Counts and sums over the newest 5,000 cases, and whether those are all."""
    work.actor.require(Permission.CASE_READ)
    return listing.tally(work)


def record_reveal(work: Work, case: Case, reason: RevealReason) -> None:
    """Note that personal data is about to be shown; the page reads it only after this work has committed."""
    work.actor.require(Permission.REVEAL)
    case.require_party(work.actor)
    work.record(PersonalDataRevealed(case=case.id, own=case.business, reason=Code(reason.value)))


def indexes_of(work: Work, search: str) -> list[bytes]:
    """Blind indexes of a search word under every business whose references this actor may search."""
    if not search:
        return []
    business = work.actor.org_kind is OrgKind.BUSINESS
    owners = [work.actor.org] if business else listing.list_businesses_held(work)
    return [reference_index(work, owner, search) for owner in owners]
