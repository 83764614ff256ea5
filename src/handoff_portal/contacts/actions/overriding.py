"""Going on in spite of the guard, and looking at contacts that went against it."""

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.contacts.actions.guarding import ask_channel
from handoff_portal.contacts.model.overrides import (
    LASTS,
    ContactLookedAt,
    Flag,
    GuardAttempted,
    GuardOverridden,
    Override,
    blocking,
    codes,
)
from handoff_portal.contacts.model.verdicts import Answer
from handoff_portal.contacts.store import overrides
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CommunicationId, OverrideId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, Refusal, WrongState
from handoff_portal.guard.model.terms import Channel, Outlook


def go_on(work: Work, case: Case, key: CaseKey, channel: Channel, reason: str) -> Override | Refusal:
    """Ask to contact the customer in spite of a block: once, in this way, within minutes.

    Somebody entitled can go past a guideline, a presumption or a house policy; nobody past a law or a hold.
    Whoever may not is refused, and that they asked is in the log; the refusal is given back, not raised, so
    that the log keeps it.

    Returns:
        The override; or why not: a law or a hold stands against it, or somebody else has to decide.

    Raises:
        WrongState: Nothing blocks this.
        Invalid: The reason is missing.
    """
    work.actor.require(Permission.CONTACT_LOG)
    case.require_party(work.actor)
    case.require_state(CaseState.READY, CaseState.OFFERED, CaseState.HELD)
    answer = ask_channel(work, case, key, channel)
    if answer.outlook is not Outlook.BLOCKED:
        raise WrongState("Nothing blocks this contact now. Go on, and log it afterwards.")
    if not answer.can_be_overridden or not work.actor.may(Permission.GUARD_OVERRIDE):
        work.record(_attempted(case, answer))
        return _refusal(answer)
    if not reason.strip():
        raise Invalid({"override_reason": "Please say why this contact cannot wait."})
    return _made(work, case, key, answer, reason.strip())


def look_at(work: Work, case: Case, wanted: CommunicationId) -> None:
    """Say that this side has looked at a contact that went against a hold or a block.

    Raises:
        NotFound: There is none that waits.
    """
    work.actor.require(Permission.FLAG_LOOK)
    case.require_party(work.actor)
    if wanted not in overrides.flags_of_case(work, case.id):
        raise NotFound
    overrides.look(work, wanted, ContactLookedAt(case=case.id, own=case.business, communication=wanted))


def list_flags(work: Work, most: int) -> list[Flag]:
    """Contacts against a hold or a block that this side has not looked at, oldest first."""
    work.actor.require(Permission.FLAG_LOOK)
    return overrides.list_flags(work, most)


def flags_of_case(work: Work, case: Case) -> set[CommunicationId]:
    """Contacts of a case that this side has not looked at."""
    work.actor.require(Permission.CASE_READ)
    return overrides.flags_of_case(work, case.id)


def _made(work: Work, case: Case, key: CaseKey, answer: Answer, reason: str) -> Override:
    made = Override(
        id=OverrideId(new_id()),
        org=work.actor.org,
        person=work.actor.person,
        channel=answer.channel,
        rules=blocking(answer.decision),
        made_at=work.now,
        until=work.now + LASTS,
    )
    event = GuardOverridden(
        case=case.id,
        own=case.business,
        override=made.id,
        channel=made.channel,
        rules=codes(sorted(made.rules)),
        until=made.until,
        rules_version=Code(answer.decision.rules),
        tzdata=Code(answer.decision.tzdata),
    )
    overrides.add(work, case, key, made, reason, event)
    return made


def _attempted(case: Case, answer: Answer) -> GuardAttempted:
    return GuardAttempted(
        case=case.id,
        own=case.business,
        channel=answer.channel,
        rules=codes(answer.decision.rule_ids),
        held=bool(answer.holds),
        rules_version=Code(answer.decision.rules),
        tzdata=Code(answer.decision.tzdata),
    )


def _refusal(answer: Answer) -> Refusal:
    if answer.holds:
        kinds = ", ".join(hold.rule.words for hold in answer.holds)
        return WrongState(f"Contact rests: {kinds}. Whoever owns the hold has to lift it first.")
    if not answer.can_be_overridden:
        return WrongState(
            "A law does not allow this contact now, and nobody can decide otherwise. Please wait."
        )
    return Forbidden("Your supervisor has to decide whether this contact cannot wait. Please ask them.")
