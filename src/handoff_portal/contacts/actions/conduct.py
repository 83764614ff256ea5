"""Words of contacts: checked when they are logged, looked at by a supervisor, decided with a reason."""

from dataclasses import dataclass
from datetime import timedelta

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.conduct.model.terms import Finding, Harm, Verdict
from handoff_portal.contacts.model.communications import Communication, ContactEntry, Direction
from handoff_portal.contacts.model.conduct import (
    DUE_DAYS,
    MOST_LISTED,
    Checked,
    Decision,
    KinderTaken,
    Review,
    ReviewAsked,
    ReviewDecided,
    SampleRateSet,
    WordsRead,
    kept_of,
    read_words,
    version,
    why_look,
)
from handoff_portal.contacts.store import communications
from handoff_portal.contacts.store import conduct as store
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CommunicationId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState

LONGEST_REASON = 2000
MOST_PERCENT = 100
LEFT_DAYS = timedelta(days=90)
"""So long a supervisor reads that a case left before anybody had decided; that of the score."""
BREACH_DAYS = 2
"""Working days for the business to look at a breach."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Words that a supervisor opened, with what the check said when they were logged."""

    review: Review
    case: Case
    said: Communication
    findings: tuple[Finding, ...]
    own: bool
    """Whether they are the reader's own, who may then not decide."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A decision that somebody can learn from."""

    review: Review
    reason: str
    findings: tuple[Finding, ...]


def judge_words(work: Work, entry: ContactEntry) -> Verdict | None:
    """What the check says of what an agency says it said; None where there is nothing of its own to judge."""
    own = work.actor.org_kind is OrgKind.AGENCY and entry.direction is Direction.OUT
    if not own or not entry.words.text.strip():
        return None
    return read_words(entry.words.text, entry.channel, entry.disposition)


def kept(verdict: Verdict | None, entry: ContactEntry) -> Checked | None:
    """What of the verdict stays with the contact."""
    return None if verdict is None else kept_of(verdict, entry.words.text)


def ask_review(work: Work, case: Case, key: CaseKey, made: Communication, verdict: Verdict | None) -> None:
    """Put doubtful words, and a share of the fine ones, into the supervisor's queue; part of logging."""
    if verdict is None or made.checked is None:
        return
    why = why_look(made.checked, made.id, store.sample_percent(work))
    if why is None:
        return
    classes = made.checked.classes
    due = working_days_later(work.now, DUE_DAYS[why], work.actor.time_zone)
    review = Review(
        communication=made.id,
        case=case.id,
        own=case.business,
        agency=work.actor.org,
        person=work.actor.person,
        why=why,
        classes=classes,
        model=made.checked.model,
        asked_at=work.now,
        due_at=due,
    )
    event = ReviewAsked(
        case=case.id,
        own=case.business,
        communication=made.id,
        why=why,
        classes=classes,
        model=Code(made.checked.model),
    )
    store.ask(work, key, review, verdict, event)


def note_kinder(work: Work, case: Case, harm: Harm) -> None:
    """Remember that somebody took a kinder wording before anything was sent."""
    work.actor.require(Permission.CONTACT_LOG)
    case.require_party(work.actor)
    work.record(KinderTaken(case=case.id, own=case.business, harm=harm, model=Code(version())))


def list_waiting(work: Work) -> list[Review]:
    """What waits for a supervisor of this agency, the oldest first."""
    work.actor.require(Permission.CONDUCT_REVIEW)
    return store.list_waiting(work, MOST_LISTED)


def count_waiting(work: Work) -> int:
    """How many wait for a supervisor of this agency."""
    work.actor.require(Permission.CONDUCT_REVIEW)
    return store.count_waiting(work)


def open_words(work: Work, wanted: CommunicationId) -> Opened:
    """Show the words of a contact and what the check said of them; that they were read is in the log.

    Raises:
        NotFound: There is no such review, or the agency does not hold the case any more.
    """
    work.actor.require(Permission.CONDUCT_REVIEW)
    review = store.load(work, wanted)
    case = cases.load_case(work, review.case)
    case.require_holder(work.actor)
    key = cases.open_key(work, case)
    said = _said(work, case, key, wanted)
    findings = store.open_findings(work, key, wanted)
    work.record(WordsRead(case=case.id, own=case.business, communication=wanted))
    return Opened(review, case, said, findings, review.person == work.actor.person)


def decide(work: Work, wanted: CommunicationId, decision: Decision, reason: str) -> Review:
    """Say what the words of a contact are; a breach is shown to the business, whose turn it becomes.

    Raises:
        Forbidden: They are the actor's own words.
        Invalid: The reason is missing, or this is no decision of a person.
        WrongState: Somebody has decided already.
    """
    work.actor.require(Permission.CONDUCT_REVIEW)
    review = store.load(work, wanted)
    case = cases.load_case(work, review.case, lock=True)
    case.require_holder(work.actor)
    if review.person == work.actor.person:
        raise Forbidden("These are your own words. Somebody else of your agency decides about them.")
    if review.decision is not None:
        raise WrongState("Somebody has decided about these words already.")
    reason = reason.strip()
    if decision is Decision.LEFT:
        raise Invalid({"decision": "Choose what these words are."})
    if decision is not Decision.FINE and not reason:
        raise Invalid({"reason": "Please say why, in words that help the person who wrote it."})
    event = ReviewDecided(
        case=case.id,
        own=case.business,
        communication=wanted,
        why=review.why,
        decision=decision,
        classes=review.classes,
    )
    if not store.decide(work, cases.open_key(work, case), wanted, reason, event):
        raise WrongState("Somebody has decided about these words already.")
    if decision is Decision.BREACH and case.state is CaseState.HELD:
        zone = case.time_zone or work.actor.time_zone
        cases.pass_turn(work, case, Turn.BUSINESS, working_days_later(work.now, BREACH_DAYS, zone))
    return review


def close_left(work: Work, case: Case) -> None:
    """Close the words that the agency left undecided; part of ending its hand-off, after it has ended."""
    store.close_left(work, case)


def list_left(work: Work) -> list[Review]:
    """What left this agency undecided with its case in the last 90 days, the newest first; without words."""
    work.actor.require(Permission.CONDUCT_REVIEW)
    return store.list_left(work, work.now - LEFT_DAYS, MOST_LISTED)


def list_noted(work: Work, most: int) -> list[Noted]:
    """Training notes: what was coached or a breach; a collector reads their own, a supervisor all."""
    work.actor.require(Permission.TEMPLATE_WRITE)
    all_of_agency = work.actor.may(Permission.CONDUCT_REVIEW)
    found = store.list_noted(work, most, None if all_of_agency else work.actor.person)
    noted = []
    for review in found:
        case = cases.load_case(work, review.case)
        key = cases.open_key(work, case)
        told = store.told_of_case(work, case.id, key)[review.communication]
        noted.append(Noted(review, told.reason, store.open_findings(work, key, review.communication)))
    return noted


def sample_percent(work: Work) -> int:
    """How many of a hundred fine contacts this agency looks at."""
    work.actor.require(Permission.CONDUCT_REVIEW)
    return store.sample_percent(work)


def set_sample(work: Work, percent: int) -> None:
    """Choose how many of a hundred fine contacts are looked at from now on.

    Raises:
        Invalid: It is no percentage.
    """
    work.actor.require(Permission.CONDUCT_REVIEW)
    if not 0 <= percent <= MOST_PERCENT:
        raise Invalid({"percent": "Choose a number from 0 to 100."})
    store.set_sample(work, SampleRateSet(percent=percent))


def _said(work: Work, case: Case, key: CaseKey, wanted: CommunicationId) -> Communication:
    found = next((one for one in communications.list_all(work, case.id, key) if one.id == wanted), None)
    if found is None:
        raise NotFound
    return found
