"""Begin a case, open it, find it, move it on."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.blind import Rule
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.account import Entry
from handoff_portal.cases.model.case import Balance, Case, CaseState, Turn
from handoff_portal.cases.model.content import Claim, Content, Customer, Heading, Terms
from handoff_portal.cases.model.events import CaseDiscarded, CaseDrafted, CaseEdited
from handoff_portal.cases.model.listing import CallTime
from handoff_portal.cases.model.particulars import Particulars
from handoff_portal.cases.store import account, rows
from handoff_portal.core.events import Code, Event
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import reference_of
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.actions.organisations import open_org_key

DraftFields = Mapping[str, list[str]]
REFERENCE_COLUMN = "cases.creditor_reference"
_CUSTOMER_COLUMNS = (
    ("customer.reference", Rule.IDENTIFIER),
    ("customer.name", Rule.TEXT),
    ("customer.email", Rule.TEXT),
    ("customer.phone", Rule.PHONE),
)


def start_draft(work: Work) -> Case:
    """Begin an empty draft under a key of its own."""
    work.actor.require(Permission.CASE_DRAFT)
    case_id = CaseId(new_id())
    case = Case(
        id=case_id,
        business=work.actor.org,
        reference=reference_of(case_id),
        state=CaseState.DRAFT,
        holder=None,
        turn=Turn.BUSINESS,
        turn_until=None,
        debtor_type=None,
        claim_type=None,
        country=None,
        region="",
        currency=None,
        time_zone=None,
        oldest_due_on=None,
        balance=Balance(),
        key_version=1,
        created_at=work.now,
        updated_at=work.now,
        submitted_at=None,
        closed_at=None,
        close_code=None,
    )
    case_key = CaseKey.new(case.id, case.business)
    wrapped = case_key.wrap_for(open_org_key(work, case.business))
    grant = rows.Grant(case.id, case.business, case_key.version, wrapped)
    rows.add(work, case, grant, CaseDrafted(case=case.id, own=case.business))
    return case


def load_case(work: Work, wanted: CaseId, *, lock: bool = False) -> Case:
    """A case of which this organisation is a side. Raises NotFound."""
    work.actor.require(Permission.CASE_READ)
    return rows.load(work, wanted, lock=lock)


def open_key(work: Work, case: Case) -> CaseKey:
    """The key of a case, from the grant this organisation holds.

    Raises:
        NotFound: It holds none.
    """
    grant = rows.find_grant(work, case.id)
    if grant is None:
        raise NotFound
    return work.vault.unwrap_case(
        open_org_key(work, grant.org), case.id, case.business, grant.wrapped, grant.key_version
    )


def opened_since(work: Work, case: Case) -> datetime:
    """Since when this organisation can open a case: for an agency, since the hand-over. Raises NotFound."""
    since = rows.granted_at(work, case.id)
    if since is None:
        raise NotFound
    return since


def save_draft(work: Work, case: Case, step: str, fields: DraftFields) -> None:
    """Keep what was typed in one step exactly as it was typed, right or wrong."""
    work.actor.require(Permission.CASE_DRAFT)
    case.require_owner(work.actor)
    case.require_state(CaseState.DRAFT)
    key = open_key(work, case)
    draft = read_draft(work, case, key)
    draft[step] = {name: list(values) for name, values in fields.items()}
    sealed = key.seal(Disclosure.IDENTITY, "draft", json.dumps(draft, ensure_ascii=False).encode())
    heading = _draft_heading(draft)
    name = key.seal(Disclosure.IDENTITY, "heading", heading.encode())
    event = CaseEdited(case=case.id, own=case.business, step=Code(step))
    rows.save_sealed(work, case.id, {"sealed_draft": sealed, "sealed_heading": name}, event)


def read_draft(work: Work, case: Case, key: CaseKey) -> dict[str, dict[str, list[str]]]:
    """Step to fields as typed."""
    sealed = rows.load_sealed(work, case.id, "sealed_draft")
    if sealed is None:
        return {}
    draft: dict[str, dict[str, list[str]]] = json.loads(key.open(Disclosure.IDENTITY, "draft", sealed))
    return draft


def discard_draft(work: Work, case: Case) -> None:
    """Throw an empty draft away; its history and documents were removed before by their features."""
    work.actor.require(Permission.CASE_DRAFT)
    case.require_owner(work.actor)
    case.require_state(CaseState.DRAFT)
    rows.remove_draft(work, case.id, CaseDiscarded(case=case.id, own=case.business))


def submit(work: Work, case: Case, content: Content, entries: tuple[Entry, ...], event: Event) -> None:
    """Write the content of a draft in its final, sealed form; the rules were checked before."""
    work.actor.require(Permission.CASE_SUBMIT)
    key = open_key(work, case)
    sealed: dict[str, bytes | None] = {
        "sealed_heading": key.seal(
            Disclosure.IDENTITY,
            "heading",
            Heading(content.customer.name, content.creditor_reference).encode(),
        ),
        "sealed_identity": key.seal(Disclosure.IDENTITY, "identity", content.customer.encode()),
        "sealed_terms": key.seal(
            Disclosure.FINANCIAL, "terms", Particulars.of(content.terms, content.claims).encode()
        ),
        "sealed_draft": None,
    }
    index = reference_index(work, case.business, content.creditor_reference)
    rows.add_customer(work, case, customer_index(work, case.business)(content.customer))
    account.add_claims(
        work, case, content.claims, CaseEdited(case=case.id, own=case.business, step=Code("claims"))
    )
    stated = sum(entry.change.total for entry in entries)
    rows.save_submitted(work, case, sealed, index, stated, event)
    for entry in entries:
        account.post(
            work, case, entry, CaseEdited(case=case.id, own=case.business, step=Code(entry.kind.value))
        )


def reference_index(work: Work, business: OrgId, creditor_reference: str) -> bytes:
    """Blind index of a business's own reference, for searching without storing it in clear."""
    return work.vault.blind_index().of(business, REFERENCE_COLUMN, creditor_reference, Rule.IDENTIFIER)


def customer_index(work: Work, business: OrgId) -> Callable[[Customer], list[bytes]]:
    """What gives the blind indexes by which cases of the same customer of a business find each other.

    Whoever shares one of these is taken for the same: the number in the books of the business, name and
    postal code, an e-mail address, a telephone number.
    """
    blind = work.vault.blind_index()
    reference, name, email, phone = (
        blind.column_if_any(business, column, rule) for column, rule in _CUSTOMER_COLUMNS
    )

    def indexes(customer: Customer) -> list[bytes]:
        named = f"{customer.name} {customer.postal_code}" if customer.postal_code else ""
        found = [reference(customer.debtor_reference), name(named)]
        found += map(email, customer.emails)
        found += map(phone, customer.phones)
        return [one for one in dict.fromkeys(found) if one is not None]

    return indexes


def read_heading(work: Work, case: Case, key: CaseKey) -> Heading | None:
    """Name and own reference; None in a draft that has no name yet."""
    sealed = rows.load_sealed(work, case.id, "sealed_heading")
    return Heading.decode(key.open(Disclosure.IDENTITY, "heading", sealed)) if sealed else None


def read_customer(work: Work, case: Case, key: CaseKey) -> Customer | None:
    """The customer of a submitted case; pages mask it unless a reveal was recorded."""
    sealed = rows.load_sealed(work, case.id, "sealed_identity")
    return Customer.decode(key.open(Disclosure.IDENTITY, "identity", sealed)) if sealed else None


def read_terms(work: Work, case: Case, key: CaseKey) -> Terms:
    """The terms of a submitted case."""
    sealed = rows.load_sealed(work, case.id, "sealed_terms")
    return Particulars.decode(key.open(Disclosure.FINANCIAL, "terms", sealed)).terms if sealed else Terms()


def list_claims(work: Work, case: Case, key: CaseKey) -> list[Claim]:
    """The invoices and credit notes of a case."""
    return account.list_claims(work, case.id, key)


def list_entries(work: Work, case: Case) -> list[Entry]:
    """The account of a case, oldest first."""
    return account.list_entries(work, case.id)


def post_entry(work: Work, case: Case, entry: Entry, event: Event) -> None:
    """Change the balance by one entry; the caller's event explains it."""
    account.post(work, case, entry, event)


def mark_offered(work: Work, case: Case, until: datetime) -> None:
    """Say that agencies have the next word until the offers end; part of an offer with its own event."""
    rows.save_offered(work, case.id, until)


def pass_turn(work: Work, case: Case, turn: Turn, until: datetime | None) -> None:
    """Say who has to act next and until when; part of a change that has its own event."""
    rows.save_turn(work, case.id, turn, until)


def save_call_times(
    work: Work, open_at: Mapping[CaseId, Sequence[CallTime]], until: datetime, basis: str
) -> None:
    """Keep when calls are allowed until some moment, worked out with these rules; for lists."""
    rows.save_call_times(work, open_at, until, basis)


def note_closing(work: Work, case: Case, code: str, relationship: str) -> None:
    """Write why a held case closes while its holder still sees it; the hand-off ends with the event."""
    rows.save_closing(work, case.id, code, relationship)


def close(work: Work, case: Case, code: str, relationship: str, event: Event) -> None:
    """Close a case that no agency holds."""
    rows.save_state(
        work,
        case.id,
        CaseState.CLOSED,
        event,
        close_code=code,
        relationship_kept=relationship,
        closed_at=work.now,
        turn=Turn.NOBODY.value,
        turn_until=None,
    )


def read_relationship(work: Work, case: Case) -> str | None:
    """What was said at the close about the relationship with the customer."""
    return rows.load_relationship(work, case.id)


def _draft_heading(draft: Mapping[str, Mapping[str, list[str]]]) -> Heading:
    def typed(step: str, name: str) -> str:
        return next(iter(draft.get(step, {}).get(name, [])), "")

    return Heading(typed("customer", "name")[:120], typed("owed", "creditor_reference")[:40])
