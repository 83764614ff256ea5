"""What is to be done with a case, in the words of whoever has to do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.contacts.model.dispositions import STEP_WORDS, NextStep
from handoff_portal.contacts.model.holds import Hold, Side
from handoff_portal.core.permissions import OrgKind


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a case beyond its state.

    Attributes:
        question: Whether the other side waits for an answer of the side whose turn it is.
        holds: The open holds.
        resting: Whether contact rests; for lists, which do not open the holds.
        next_step: What the agency planned at its last contact.
        flagged: Whether the last contact went against a hold or a block.
    """

    question: bool = False
    holds: tuple[Hold, ...] = ()
    resting: bool = False
    next_step: NextStep | None = None
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """Whose turn it is and what for.

    Attributes:
        mine: Whether it is the reader's turn.
        what: What is to be done: an imperative if it is the reader's, else what the other side does.
        href: Where it is done; empty if on the case page itself.
        label: Words of the link.
        until: Deadline, UTC.
    """

    mine: bool
    what: str
    href: str
    label: str
    until: datetime | None


def is_mine(case: Case, kind: OrgKind) -> bool:
    """Whether it is this kind of organisation's turn."""
    return case.turn is (Turn.BUSINESS if kind is OrgKind.BUSINESS else Turn.AGENCY)


def days_overdue(case: Case, today: date) -> int | None:
    """Days since the oldest due date; None where nothing is due yet or no date is known."""
    if case.oldest_due_on is None or case.oldest_due_on > today:
        return None
    return (today - case.oldest_due_on).days


def task_of(case: Case, kind: OrgKind, known: Known) -> Task | None:
    """Whose turn it is and what for; None when nothing is left to do."""
    if case.turn is Turn.NOBODY or case.state is CaseState.CLOSED:
        return None
    mine = is_mine(case, kind)
    what, href, label = _business(case, known) if case.turn is Turn.BUSINESS else _agency(case, known)
    return Task(mine, what if mine else _theirs(case, known), href if mine else "", label, case.turn_until)


def _business(case: Case, known: Known) -> tuple[str, str, str]:
    here = f"/cases/{case.id}"
    by_state = {
        CaseState.DRAFT: ("Finish and submit it", f"{here}/edit/customer", "Go on"),
        CaseState.READY: ("Offer it to agencies", f"{here}/offer", "Offer it"),
        CaseState.OFFERED: ("Answer the question of the agency", "/offers", "See the offers"),
    }
    if case.state in by_state:
        return by_state[case.state]
    if known.question:
        return "Answer the question of the agency", f"{here}/notes/new", "Answer"
    if known.flagged:
        return "Look at a contact that was made against a hold or a rule", "", ""
    resting = ("See why contact rests, and resolve it", "#holds", "See the hold") if known.resting else None
    free = ("Decide how to go on", f"{here}/notes/new", "Tell the agency")
    return _of_holds(known.holds, Side.BUSINESS) or resting or free


def _agency(case: Case, known: Known) -> tuple[str, str, str]:
    here = f"/cases/{case.id}"
    if case.state is CaseState.OFFERED:
        return "Accept or decline the offer", "/offers", "See the offer"
    if known.question:
        return "Answer the question of the business", f"{here}/notes/new", "Answer"
    owned = _of_holds(known.holds, Side.AGENCY)
    if owned:
        return owned
    planned = STEP_WORDS[known.next_step] if known.next_step else "Contact the customer"
    return planned, f"{here}/contacts/new", "Log a contact"


def _of_holds(holds: Sequence[Hold], side: Side) -> tuple[str, str, str] | None:
    """The hold that this side has to resolve first."""
    owned = [hold for hold in holds if hold.owner is side and hold.due_at is not None]
    if not owned:
        return None
    first = min(owned, key=lambda hold: (hold.due_at is None, hold.due_at))
    return f"Resolve the hold: {first.rule.words}", "#holds", "See the hold"


def _theirs(case: Case, known: Known) -> str:
    if case.state is CaseState.OFFERED:
        return "to accept or decline"
    if known.question:
        return "to answer a question"
    owner = Side.BUSINESS if case.turn is Turn.BUSINESS else Side.AGENCY
    if any(hold.owner is owner and hold.due_at is not None for hold in known.holds):
        return "to resolve a hold"
    return "to take the next step"
