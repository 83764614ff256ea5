"""One case with everything that its reader may know of it."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import cases, finding
from handoff_portal.cases.actions.finding import RevealReason
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.cases.model.content import Claim, Heading, Terms
from handoff_portal.contacts.actions import timeline
from handoff_portal.contacts.actions.timeline import Story
from handoff_portal.contacts.model.communications import Source
from handoff_portal.contacts.model.notes import open_question
from handoff_portal.contacts.model.timeline import Moment, in_order
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.jurisdictions import country_names
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.desk.model import moments
from handoff_portal.desk.model.account import Account, account_of, days_overdue
from handoff_portal.desk.model.person import Shown, show_customer, show_heading
from handoff_portal.desk.model.turns import Known, Task, task_of
from handoff_portal.documents.actions import papers
from handoff_portal.documents.model import Document
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.handoffs.model.handoff import Handoff
from handoff_portal.identity.actions.organisations import show_organisation


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one side sees it.

    Attributes:
        task: Whose turn it is and what for; None when nothing is left to do.
        customer: None where the case has none yet.
        moments: The timeline with money and hand-offs, oldest first.
        handoffs: Newest first.
        names: Organisations by id.
        today: The day in the customer's zone.
    """

    case: Case
    heading: Heading | None
    name: str
    customer: Shown | None
    task: Task | None
    overdue: int | None
    account: Account
    claims: list[Claim]
    terms: Terms
    moments: list[Moment]
    documents: list[Document]
    story: Story
    handoffs: list[Handoff]
    names: dict[OrgId, str]
    today: date

    @property
    def running(self) -> Handoff | None:
        """The hand-off in force."""
        return next((one for one in self.handoffs if one.ended_at is None), None)


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
    entries, terms = cases.list_entries(work, case), cases.read_terms(work, case, key)
    claims = cases.list_claims(work, case, key)
    story = timeline.read_story(work, case, key)
    found = handoffs.list_handoffs(work, case)
    names = _names(work, case, found)
    country = country_names().get(case.country or "", case.country or "")
    today = work.now.astimezone(ZoneInfo(case.time_zone or work.actor.time_zone)).date()
    money = moments.of_entries(case, entries, work.actor.time_zone)
    return CaseView(
        case=case,
        heading=heading,
        name=show_heading(heading, revealed=revealed),
        customer=show_customer(customer, country, revealed=revealed) if customer else None,
        task=task_of(case, work.actor.org_kind, _known(case, story)),
        overdue=days_overdue(case, today),
        account=account_of(case, claims, entries, terms),
        claims=claims,
        terms=terms,
        moments=in_order(story.moments + money + moments.of_case(case, found, names)),
        documents=papers.list_documents(work, case, key),
        story=story,
        handoffs=found,
        names=names,
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
        flagged=bool(logged) and logged[-1].against_hold,
    )


def _names(work: Work, case: Case, found: list[Handoff]) -> dict[OrgId, str]:
    wanted = {case.business, *(handoff.agency for handoff in found)}
    if case.holder is not None:
        wanted.add(case.holder)
    return {org: _name(work, org) for org in wanted}


def _name(work: Work, org: OrgId) -> str:
    """The name of an organisation, or nothing where this reader may not know it."""
    if org == work.actor.org:
        return work.actor.org_name
    try:
        return show_organisation(work, org).name
    except NotFound:
        return ""
