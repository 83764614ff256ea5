"""One case with everything that its reader may know of it."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import cases, finding
from handoff_portal.cases.actions.finding import RevealReason
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.cases.model.content import Claim, Heading
from handoff_portal.contacts.actions import guarding, known, overriding, timeline
from handoff_portal.contacts.actions.timeline import Story
from handoff_portal.contacts.model.communications import Source
from handoff_portal.contacts.model.facts import CHANNEL_NAMES, ContactFact
from handoff_portal.contacts.model.notes import open_question
from handoff_portal.contacts.model.timeline import Moment, in_order
from handoff_portal.contacts.model.verdicts import Answer
from handoff_portal.core.ids import CaseId, CommunicationId
from handoff_portal.core.jurisdictions import country_names
from handoff_portal.core.permissions import Permission
from handoff_portal.desk.model import moments
from handoff_portal.desk.model.person import Shown, show_customer, show_heading
from handoff_portal.desk.model.turns import Known, Task, days_overdue, task_of
from handoff_portal.desk.model.veil import Veil, no_veil, veil_of, veiled
from handoff_portal.documents.actions import papers
from handoff_portal.documents.model import Document
from handoff_portal.guard.model.terms import Channel
from handoff_portal.handoffs.actions.agreements import Agreement, show_agreement
from handoff_portal.handoffs.actions.reading import Offered, offers_of_case
from handoff_portal.intake.actions.readiness import show_judgement
from handoff_portal.intake.model.judgement import Judgement
from handoff_portal.recoveries.actions.closing import read_recoveries
from handoff_portal.recoveries.model.overview import Recoveries


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one side sees it.

    Attributes:
        task: Whose turn it is and what for; None when nothing is left to do.
        customer: None where the case has none yet.
        moments: The timeline with money and hand-offs, oldest first.
        judged: How it was measured against the policy of its business; None where that was not kept.
        offers: Newest first; for the business only.
        answers: Whether the customer may be contacted now, for each way; empty once the case is closed.
        facts: What the guard knows of the customer's wishes and protection.
        flags: Contacts against a hold or a block that this side has not looked at.
        veil: Masks the customer in whatever people wrote, unless revealed.
        today: The day in the customer's zone.
    """

    case: Case
    heading: Heading | None
    name: str
    customer: Shown | None
    task: Task | None
    overdue: int | None
    claims: list[Claim]
    moments: list[Moment]
    documents: list[Document]
    story: Story
    recoveries: Recoveries
    agreement: Agreement
    judged: Judgement | None
    offers: list[Offered]
    answers: list[Answer]
    facts: list[ContactFact]
    flags: set[CommunicationId]
    today: date
    veil: Veil

    @property
    def channel_names(self) -> dict[Channel, str]:
        """How the guard's channels are called."""
        return CHANNEL_NAMES

    @property
    def waited_for(self) -> str:
        """Name of the side whose turn it is, as far as there is one name for it."""
        if self.case.turn is Turn.BUSINESS:
            return self.agreement.viewers[0][0]
        return self.agreement.running.agency if self.agreement.running else "the agencies"


def look(work: Work, wanted: CaseId, *, revealed: bool = False) -> CaseView | None:
    """Everything about a case, personal data masked unless a reveal was recorded before; None for a draft.

    Raises:
        NotFound: This organisation is no side of it.
    """
    case = cases.load_case(work, wanted)
    if case.state is CaseState.DRAFT:
        return None
    key = cases.open_key(work, case)
    heading = cases.read_heading(work, case, key)
    customer = cases.read_customer(work, case, key)
    veil = no_veil if revealed else veil_of(customer)
    story = timeline.read_story(work, case, key)
    recoveries = read_recoveries(work, case, key)
    agreement = show_agreement(work, case)
    country = country_names().get(case.country or "", case.country or "")
    today = work.now.astimezone(ZoneInfo(case.time_zone or work.actor.time_zone)).date()
    money = moments.of_entries(case, (line.entry for line in recoveries.lines), work.actor.time_zone)
    return CaseView(
        case=case,
        heading=heading,
        name=show_heading(heading, revealed=revealed),
        customer=show_customer(customer, country, revealed=revealed) if customer else None,
        task=task_of(case, work.actor.org_kind, _known(case, story)),
        overdue=days_overdue(case, today),
        claims=cases.list_claims(work, case, key),
        moments=[veiled(one, veil) for one in in_order(story.moments + money + _changes(case, agreement))],
        veil=veil,
        documents=papers.list_documents(work, case, key),
        story=story,
        recoveries=recoveries,
        agreement=agreement,
        judged=show_judgement(work, case, key),
        offers=_offers(work, case),
        answers=guarding.ask_channels(work, case, key) if case.state is not CaseState.CLOSED else [],
        facts=known.list_facts(work, case, key),
        flags=overriding.flags_of_case(work, case),
        today=today,
    )


def record_reveal(work: Work, wanted: CaseId, reason: RevealReason) -> None:
    """Write down that personal data is about to be seen; must commit before anything is shown."""
    work.actor.require(Permission.REVEAL)
    finding.record_reveal(work, cases.load_case(work, wanted), reason)


def _known(case: Case, story: Story) -> Known:
    """What decides on the words of the turn; a question counts for the side whose turn it is."""
    side = case.business if case.turn is Turn.BUSINESS else case.holder
    asked = open_question(story.notes, side) if side is not None else None
    logged = [one for one in story.communications if one.source is Source.CONTACT]
    return Known(
        question=asked is not None,
        holds=tuple(story.holds),
        next_step=logged[-1].next_step if logged else None,
        flagged=bool(logged) and logged[-1].is_against,
    )


def _changes(case: Case, agreement: Agreement) -> list[Moment]:
    held = [*agreement.past, *([agreement.running] if agreement.running else [])]
    return moments.of_case(case, agreement.viewers[0][0], [(one.handoff, one.agency) for one in held])


def _offers(work: Work, case: Case) -> list[Offered]:
    """The offers of a case, for the business that makes them."""
    return offers_of_case(work, case) if case.business == work.actor.org else []
