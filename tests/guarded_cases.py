"""Cases that the guard is asked about, and asking it."""

from datetime import timedelta
from uuid import uuid4

from msgspec.structs import replace

from at_work import AtWork
from builders import a_customer, some_content
from contact_steps import an_entry
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.approvals import end_approval, list_approvals
from handoff_portal.cases.model.case import Case, DebtorType
from handoff_portal.cases.model.content import Content
from handoff_portal.contacts.actions import guarding, known
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.contacts.model.verdicts import Answer
from handoff_portal.core.actor import Actor
from handoff_portal.guard.model import terms as g
from handoff_portal.guard.model.situation import Situation


def of(country: str, region: str = "", **changes: object) -> Content:
    """A private customer there."""
    content = some_content()
    customer = a_customer(
        country=country,
        region=region,
        **{
            "debtor_type": DebtorType.PRIVATE,
            "phones": (),
            "emails": (f"{uuid4().hex}@kopi.example",),
            "postal_code": "",
            **changes,
        },
    )
    return replace(content, customer=customer)


def asked(at_work: AtWork, actor: Actor, channel: g.Channel = g.Channel.CALL) -> Answer:
    def intention(work: Work, case: Case, key: CaseKey) -> Answer:
        return guarding.ask_channel(work, case, key, channel)

    return at_work.do(actor, intention)


def situation(at_work: AtWork, actor: Actor) -> Situation:
    return at_work.do(actor, guarding.read_situation)


def note(at_work: AtWork, actor: Actor, kind: FactKind, terms: Terms = Terms()) -> None:  # noqa: B008 - frozen
    def intention(work: Work, case: Case, key: CaseKey) -> None:
        known.record_fact(work, case, key, kind, work.now.date() - timedelta(days=1), terms)

    at_work.do(actor, intention)


def unapprove(at_work: AtWork) -> None:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        for one in list_approvals(work):
            end_approval(work, one.id)


def call(at_work: AtWork, hours_ago: float = 0) -> guarding.Judged:
    """What the guard says of an unanswered call some hours ago."""

    def intention(work: Work, case: Case, key: CaseKey) -> guarding.Judged:
        entry = an_entry(work.now - timedelta(hours=hours_ago), Disposition.NA, received_as=None)
        found = guarding.judge(work, case, key, entry)
        assert found is not None
        return found

    return at_work.do(at_work.agency.actor, intention)
