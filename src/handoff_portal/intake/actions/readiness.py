"""Look whether a draft is ready, and make exceptions with a reason."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.history import list_history, summarise
from handoff_portal.contacts.model.communications import Direction, Stage
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.documents.actions.papers import counts_by_kind
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake import store
from handoff_portal.intake.actions.drafting import Opened, open_draft
from handoff_portal.intake.actions.policies import current_policy
from handoff_portal.intake.model.events import ReadinessOverridden
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.readiness import Facts, Line, Override, Rule, evaluate

SHORTEST_REASON, LONGEST_REASON = 10, 1000


@dataclass(frozen=True, slots=True)
class Assessment:
    """A draft and how each rule came out.

    Attributes:
        policy: What it was measured against.
    """

    opened: Opened
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
    lines = evaluate(opened.reading, _facts(work, opened), policy, overrides)
    return Assessment(opened, policy, lines)


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


def _facts(work: Work, opened: Opened) -> Facts:
    case = opened.case
    zone = ZoneInfo(opened.reading.time_zone or work.actor.time_zone)
    history = summarise(work, case)
    noticed = history.final_notice_at
    return Facts(
        today=work.now.astimezone(zone).date(),
        reminders=history.reminders,
        final_notice_on=noticed.astimezone(zone).date() if isinstance(noticed, datetime) else None,
        final_notice_undated=bool(history.undated) and _has_undated_notice(work, opened),
        contract_on_file=counts_by_kind(work, case).get(DocumentKind.CONTRACT, 0) > 0,
        other_case=_other_case(work, opened),
    )


def _has_undated_notice(work: Work, opened: Opened) -> bool:
    return any(
        said.occurred_at is None and said.stage is Stage.FINAL_NOTICE and said.direction is Direction.OUT
        for said in list_history(work, opened.case, opened.key)
    )


def _other_case(work: Work, opened: Opened) -> str:
    """The portal reference of another case with the same own reference."""
    own = opened.reading.content.creditor_reference
    if not own:
        return ""
    found = list_cases(work, Wanted(search=own)).lines
    return next((line.case.reference for line in found if line.case.id != opened.case.id), "")
