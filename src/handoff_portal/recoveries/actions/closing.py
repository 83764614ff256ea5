"""The account of a case at a glance, and the end of a case."""

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.contacts.actions.notes import send_note
from handoff_portal.core.ids import CaseId, EntryId, PaymentId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState
from handoff_portal.handoffs.actions.handoffs import end_handoff
from handoff_portal.handoffs.model.handoff import EndKind
from handoff_portal.recoveries.actions.payments import agreement_of, list_payments, reporter_of
from handoff_portal.recoveries.model.closing import RELATIONSHIP_WORDS, Closing, Relationship, words_of
from handoff_portal.recoveries.model.events import BalanceChanged, CaseClosed
from handoff_portal.recoveries.model.overview import Recoveries
from handoff_portal.recoveries.model.payments import Payment, require_reversible
from handoff_portal.recoveries.model.summary import Summary, lines_of, summarise


def read_summary(work: Work, case: Case, key: CaseKey) -> Summary:
    """The figures of a case: owed, come in, written off, open, shares."""
    return summarise(case.currency or "", cases.list_entries(work, case), list_payments(work, case, key))


def read_recoveries(work: Work, case: Case, key: CaseKey) -> Recoveries:
    """Account, payments and terms of a submitted case for its pages and fragments."""
    work.actor.require(Permission.CASE_READ)
    entries = cases.list_entries(work, case)
    known = list_payments(work, case, key)
    closed = case.state is CaseState.CLOSED
    kept = cases.read_relationship(work, case) if closed else None
    return Recoveries(
        case=case,
        summary=summarise(case.currency or "", entries, known),
        lines=tuple(lines_of(entries)),
        payments=tuple(known),
        reversible=frozenset(one.id for one in known if _may_reverse(work, case, one, known)),
        agreement=agreement_of(work, case),
        terms=cases.read_terms(work, case, key),
        closed_as=words_of(case.close_code) if closed else "",
        relationship=RELATIONSHIP_WORDS[Relationship(kept)][0] if kept else "",
        today=reporter_of(work).today,
        next_payment=PaymentId(new_id()),
    )


def require_closable(work: Work, case: Case) -> None:
    """Refuse to close a case that is not at rest or not this person's to close.

    Raises:
        WrongState: It is a draft, offered or closed.
        Forbidden: This organisation is no side of it, or the right is missing.
    """
    work.actor.require(Permission.CASE_CLOSE)
    case.require_party(work.actor)
    if case.state is CaseState.OFFERED:
        raise WrongState("This case is offered to agencies. Withdraw the offers first, then close it.")
    case.require_state(CaseState.READY, CaseState.HELD)


def close_case(work: Work, wanted: CaseId, closing: Closing) -> Summary:
    """End a case for good: what is open is written off, the agency's access ends with its hand-off.

    Returns:
        The account as it stands afterwards.

    Raises:
        Invalid: The figures do not fit the code, or words are missing.
        WrongState: It is offered, closed or a draft.
    """
    case = cases.load_case(work, wanted, lock=True)
    require_closable(work, case)
    key = cases.open_key(work, case)
    held = case.state is CaseState.HELD
    before = read_summary(work, case, key)
    mistakes = closing.mistakes(before, work.actor.org_kind, held=held)
    if mistakes:
        raise Invalid(mistakes)
    if closing.words.strip() and held:
        send_note(work, case, key, closing.words, asks_answer=False)
    _write_off(work, case)
    after = read_summary(work, case, key)
    event = CaseClosed(
        case=case.id,
        own=case.business,
        code=closing.code,
        relationship=closing.relationship,
        agency=case.holder,
        recovered=after.recovered,
        written_off=after.written_off,
    )
    if held:
        cases.note_closing(work, case, closing.code.value, closing.relationship.value)
        end_handoff(work, case, EndKind.CLOSED, closing.code.value, event)
    else:
        cases.close(work, case, closing.code.value, closing.relationship.value, event)
    return after


def _write_off(work: Work, case: Case) -> None:
    """Bring every bucket to zero with one line that says so."""
    if not any((case.balance.costs, case.balance.interest, case.balance.fees, case.balance.principal)):
        return
    today = reporter_of(work).today
    entry = Entry(EntryId(new_id()), EntryKind.WRITE_OFF, -case.balance, today, work.now)
    event = BalanceChanged(
        case=case.id,
        own=case.business,
        entry=entry.id,
        kind=entry.kind,
        change=entry.change.total,
        open=0,
    )
    cases.post_entry(work, case, entry, event)


def _may_reverse(work: Work, case: Case, payment: Payment, known: list[Payment]) -> bool:
    try:
        require_reversible(payment, known, case, work.actor.org)
    except (Forbidden, WrongState):
        return False
    return work.actor.may(Permission.PAYMENT_REVERSE)
