"""Look whether a draft is ready, and make exceptions with a reason."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.history import list_milestones
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.documents.actions.papers import counts_by_kind
from handoff_portal.intake import store
from handoff_portal.intake.actions.drafting import Opened, open_draft
from handoff_portal.intake.actions.policies import current_policy
from handoff_portal.intake.model.draft import is_declared
from handoff_portal.intake.model.events import ReadinessOverridden
from handoff_portal.intake.model.judgement import Judgement
from handoff_portal.intake.model.measuring import measure
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.readiness import (
    Facts,
    Line,
    Override,
    Rule,
    evaluate,
    profile_of_draft,
)

SHORTEST_REASON, LONGEST_REASON = 10, 1000


@dataclass(frozen=True, slots=True)
class Assessment:
    """A draft and how each rule came out.

    Attributes:
        facts: Its history and papers in figures.
        policy: What it was measured against.
    """

    opened: Opened
    facts: Facts
    policy: Policy
    lines: tuple[Line, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way of submitting it."""
        return all(line.holds for line in self.lines)


def assess(work: Work, case_id: CaseId, *, lock: bool = False) -> Assessment:
    """Measure a draft against the policy of its business."""
    opened = open_draft(work, case_id, lock=lock)
    policy = current_policy(work)
    overrides = store.list_overrides(work, case_id, opened.key)
    facts = _facts(work, opened)
    return Assessment(opened, facts, policy, evaluate(opened.reading, facts, policy, overrides))


def override(work: Work, case_id: CaseId, rule: Rule, reason: str) -> None:
    """Take the responsibility for a rule that does not hold.

    Raises:
        Invalid: At the field `reason`.
        WrongState: The rule holds, or nobody can make an exception of it.
    """
    work.actor.require(Permission.READINESS_OVERRIDE)
    assessed = assess(work, case_id, lock=True)
    line = next((line for line in assessed.lines if line.rule is rule), None)
    if line is None or not line.may_override:
        raise WrongState("This rule needs no exception, or none can be made of it. Look at the list again.")
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise Invalid({"reason": f"Please say why, in at least {SHORTEST_REASON} characters."})
    if len(said) > LONGEST_REASON:
        raise Invalid({"reason": f"This is {len(said)} characters long; at most {LONGEST_REASON} fit."})
    case, key = assessed.opened.case, assessed.opened.key
    event = ReadinessOverridden(case=case.id, own=case.business, rule=rule)
    store.put_override(work, case, key, rule, Override(said, work.actor.name), event)


def withdraw_override(work: Work, case_id: CaseId, rule: Rule) -> None:
    """Take an exception back."""
    work.actor.require(Permission.READINESS_OVERRIDE)
    case = open_draft(work, case_id, lock=True).case
    event = ReadinessOverridden(case=case.id, own=case.business, rule=rule, withdrawn=True)
    store.remove_override(work, case, rule, event)


def show_judgement(work: Work, case: Case, key: CaseKey) -> Judgement | None:
    """How a submitted case was judged, for both of its sides; None where that was not kept."""
    case.require_party(work.actor)
    return store.find_judgement(work, case.id, key)


def keep_judgement(work: Work, case: Case, assessed: Assessment) -> None:
    """Seal how a case was judged, in the transaction of its submission."""
    made = Judgement(assessed.policy.version, assessed.lines, work.now)
    profile = profile_of_draft(assessed.opened.reading, assessed.facts)
    store.add_judgement(work, case, assessed.opened.key, made, profile)


def _facts(work: Work, opened: Opened) -> Facts:
    case = opened.case
    said = list_milestones(work, {case.id: opened.key}).get(case.id, [])
    zone = opened.reading.time_zone or work.actor.time_zone
    today = work.now.astimezone(ZoneInfo(zone)).date()
    declared = is_declared(opened.typed)
    facts = measure(said, counts_by_kind(work, case), zone, today, declared=declared)
    return replace(facts, other_case=_other_case(work, opened))


def _other_case(work: Work, opened: Opened) -> str:
    """The portal reference of another case with the same own reference."""
    own = opened.reading.content.creditor_reference
    if not own:
        return ""
    found = list_cases(work, Wanted(search=own)).lines
    return next((line.case.reference for line in found if line.case.id != opened.case.id), "")
