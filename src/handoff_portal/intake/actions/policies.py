"""The escalation policy of a business."""

from dataclasses import replace

from handoff_portal.adapters.database import Work
from handoff_portal.core.events import Code
from handoff_portal.core.permissions import Permission
from handoff_portal.intake import store
from handoff_portal.intake.model.events import PolicyChanged
from handoff_portal.intake.model.policy import Policy

MOST_VERSIONS = 20


def current_policy(work: Work) -> Policy:
    """The policy that counts now: the newest, or the one that everybody begins with."""
    work.actor.require(Permission.CASE_DRAFT)
    return store.find_policy(work) or Policy()


def list_versions(work: Work) -> list[Policy]:
    """The newest versions of this business's policy, newest first; none is ever overwritten."""
    work.actor.require(Permission.CASE_DRAFT)
    return store.list_policies(work, MOST_VERSIONS)


def change_policy(work: Work, wanted: Policy) -> Policy:
    """Make a new version; drafts are measured against it from now on."""
    work.actor.require(Permission.POLICY_EDIT)
    made = replace(wanted, version=current_policy(work).version + 1, made_at=work.now)
    event = PolicyChanged(
        version=made.version,
        min_days_overdue=made.min_days_overdue,
        min_reminders=made.min_reminders,
        reminder_spacing_days=made.reminder_spacing_days,
        needs_personal=made.needs_personal,
        notice_channels=tuple(sorted(made.notice_channels)),
        notice_wording=made.notice_wording,
        final_notice_days=made.final_notice_days,
        needs_contract=made.needs_contract,
        currencies=tuple(Code(code) for code in sorted(made.min_amounts)),
        amounts=tuple(made.min_amounts[code] for code in sorted(made.min_amounts)),
        checks=tuple(sorted(made.checks)),
        evidence=len(made.evidence),
        limitation=made.limitation,
    )
    store.add_policy(work, made, event)
    return made
