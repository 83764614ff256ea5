"""Many cases of a business at once: found by a filter, opened, locked, marked as offered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.actions.finding import indexes_of
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.content import Terms
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.cases.model.particulars import Particulars
from handoff_portal.cases.store import selecting
from handoff_portal.cases.store.rows import case_of
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.organisations import open_org_key

Typed = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Unsealed:
    """One of many cases with its key.

    Attributes:
        terms: None in a draft.
        typed: What was typed so far into a draft; empty in a submitted case.
    """

    key: CaseKey
    terms: Terms | None
    typed: Typed


def select_cases(work: Work, wanted: Wanted, states: Sequence[CaseState], most: int) -> list[Case]:
    """The cases of this business that a filter of the queue finds, in these states, at most so many."""
    work.actor.require(Permission.CASE_READ)
    found = selecting.read_selection(work, wanted, indexes_of(work, wanted.search), states, most)
    return [case_of(row) for row in found]


def count_cases(work: Work, wanted: Wanted, states: Sequence[CaseState], most: int) -> int:
    """How many `select_cases` would find."""
    work.actor.require(Permission.CASE_READ)
    return selecting.count_selection(work, wanted, indexes_of(work, wanted.search), states, most)


def lock_cases(work: Work, wanted: Sequence[CaseId]) -> list[Case]:
    """These cases in the order of their ids, locked until this work ends; unknown ones are left out."""
    work.actor.require(Permission.CASE_READ)
    return [case_of(row) for row in selecting.lock_many(work, wanted)]


def unseal(work: Work, wanted: Sequence[CaseId]) -> dict[CaseId, Unsealed]:
    """Keys, terms and drafts of these cases; those that this organisation cannot open are left out."""
    work.actor.require(Permission.CASE_READ)
    org_key = open_org_key(work, work.actor.org)
    found = {}
    for row in selecting.read_opened(work, wanted):
        case, owner = CaseId(row["id"]), OrgId(row["business_id"])
        key = work.vault.unwrap_case(org_key, case, owner, row["wrapped"], row["key_version"])
        terms, typed = row["sealed_terms"], row["sealed_draft"]
        found[case] = Unsealed(
            key,
            Particulars.decode(key.open(Disclosure.FINANCIAL, "terms", terms)).terms if terms else None,
            json.loads(key.open(Disclosure.IDENTITY, "draft", typed)) if typed else {},
        )
    return found


def mark_offered(work: Work, wanted: Sequence[CaseId]) -> None:
    """Say that agencies have the next word on these cases; part of offers with their own events."""
    selecting.save_offered_many(work, wanted)
