"""How a changed policy would judge the cases of today, tried before it is saved."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import many
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.history import list_milestones
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.actions.papers import counts_by_kind_many
from handoff_portal.intake import store
from handoff_portal.intake.actions.policies import current_policy
from handoff_portal.intake.model.draft import is_declared, read_content
from handoff_portal.intake.model.effect import Effect, Looked, compare
from handoff_portal.intake.model.measuring import measure
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.profile import Profile
from handoff_portal.intake.model.readiness import profile_of_draft

MOST_CASES = 20_000
"""So many submitted cases are looked at; their figures stand in clear."""

MOST_DRAFTS = 300
"""So many drafts are opened; what was typed into them is sealed."""

_OPEN = (CaseState.READY, CaseState.OFFERED, CaseState.HELD)


def try_policy(work: Work, wanted: Policy) -> Effect:
    """Hold the policy that counts now and another one against every open case and draft of the business."""
    work.actor.require(Permission.POLICY_EDIT)
    submitted = many.select_cases(work, Wanted(), _OPEN, MOST_CASES + 1)
    drafts = many.select_cases(work, Wanted(), (CaseState.DRAFT,), MOST_DRAFTS + 1)
    facts = store.list_facts(work)
    known = [case for case in submitted[:MOST_CASES] if case.id in facts]
    looked = [
        Looked(case.id, case.reference, draft=False, profile=_profile(work, case, facts[case.id]))
        for case in known
    ]
    looked += _drafts(work, drafts[:MOST_DRAFTS])
    more = len(submitted) > MOST_CASES or len(drafts) > MOST_DRAFTS
    unknown = len(submitted[:MOST_CASES]) - len(known)
    return compare(looked, current_policy(work), wanted, more=more, unknown=unknown)


def _profile(work: Work, case: Case, facts: dict[str, object]) -> Profile:
    """The kept figures with what the case says today: what is open, the day at its customer's place."""
    today = local_day(work.now, place_of(case.country or "", case.region))
    return replace(
        Profile.from_json(facts, today),
        currency=case.currency or "",
        minor=case.balance.total,
        debtor_type=case.debtor_type,
        country=case.country or "",
        region=case.region,
        oldest_due_on=case.oldest_due_on,
    )


def _drafts(work: Work, drafts: Sequence[Case]) -> Iterator[Looked]:
    ids = [case.id for case in drafts]
    opened = many.unseal(work, ids)
    said = list_milestones(work, {case: one.key for case, one in opened.items()})
    papers = counts_by_kind_many(work, ids)
    for case in drafts:
        if case.id not in opened:
            continue
        typed = opened[case.id].typed
        reading = read_content(typed, case.id)
        zone = reading.time_zone or work.actor.time_zone
        today = work.now.astimezone(ZoneInfo(zone)).date()
        facts = measure(
            said.get(case.id, []), papers.get(case.id, {}), zone, today, declared=is_declared(typed)
        )
        yield Looked(case.id, case.reference, draft=True, profile=profile_of_draft(reading, facts))
