"""Many submitted cases at once, each exactly as one that somebody typed in and submitted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import astuple

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure, OrgKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Balance
from handoff_portal.cases.model.content import Claim, Content, Heading
from handoff_portal.cases.model.known import Known
from handoff_portal.cases.model.particulars import Particulars
from handoff_portal.cases.store import bulk
from handoff_portal.core.ids import CaseId, ClaimId, EntryId, OrgId, PortfolioId

__all__ = ["Move", "NewCase", "NewCases", "adjustment", "find_known", "move_balances", "with_ids"]


@dataclass(slots=True)
class NewCase:
    """A case that is to be.

    Attributes:
        key: A fresh one, of its own.
        reference: The portal's reference of it.
        index: Blind index of the business's own reference.
        entries: The first lines of its account.
        stated: What is open, minor units.
        portfolio: The upload that it came with.
    """

    key: CaseKey
    reference: str
    content: Content
    time_zone: str
    index: bytes
    entries: Sequence[Entry]
    stated: int
    portfolio: PortfolioId

    @property
    def id(self) -> CaseId:
        """Its id."""
        return CaseId(self.key.case_id)


@dataclass(frozen=True, slots=True)
class Move:
    """A balance that becomes what the business says now."""

    known: Known
    entry: Entry
    stated: int


def with_ids(content: Content) -> Content:
    """The same content, its claims under ids of their own; `replace` would take five times as long."""
    claims = tuple(
        Claim(ClaimId(new_id()), c.kind, c.number, c.description, c.issued_on, c.due_on, c.balance)
        for c in content.claims
    )
    return Content(
        content.customer,
        content.creditor_reference,
        content.claim_type,
        content.currency,
        content.terms,
        claims,
        content.charges,
    )


class NewCases:
    """New cases of one business: each is sealed when it comes, all of them are inserted in the end.

    From its row to its seals an account is gone through without another in between: what it is made of then
    stays in the processor's cache.
    """

    __slots__ = ("_indexes_of", "_own", "_rows", "_wrap")

    def __init__(self, work: Work, own: OrgKey) -> None:
        self._own = OrgId(own.org_id)
        self._rows = bulk.Rows([], [], [], [], [])
        self._indexes_of = cases.customer_index(work, self._own)
        self._wrap = CaseKey.wrapper_for(own)

    def __len__(self) -> int:
        return len(self._rows.cases)

    def add(self, new: NewCase) -> None:
        """Seal one, with the business's own grant."""
        rows, case, content, currency = self._rows, new.id, new.content, new.content.currency
        rows.cases.append(_case(new))
        rows.grants.append((case, self._wrap(new.key)))
        rows.customers.extend([(case, index) for index in self._indexes_of(content.customer)])
        rows.claims.extend(
            [_claim(case, currency, position, claim) for position, claim in enumerate(content.claims)]
        )
        rows.entries.extend([_entry(case, currency, entry) for entry in new.entries])

    def insert(self, work: Work) -> None:
        """Insert all of them; the caller records one event for each."""
        if self._rows.cases:
            bulk.add_cases(work, self._own, self._rows)


def find_known(work: Work, indexes: Sequence[bytes], *, lock: bool = False) -> Mapping[bytes, Known]:
    """Which of these references the business of the named portfolio has cases of."""
    return bulk.find_known(work, indexes, lock=lock)


def move_balances(work: Work, own: OrgId, moves: Iterable[Move]) -> None:
    """Post an entry to each of these cases; the caller records one event for each."""
    made = list(moves)
    if made:
        entries = [_entry(move.known.id, move.known.currency, move.entry) for move in made]
        moved = [(move.known.id, *astuple(move.entry.change), move.stated) for move in made]
        bulk.move_balances(work, own, entries, moved)


def adjustment(work: Work, known: Known, wanted: Balance) -> Entry:
    """The entry that makes a balance what it should be, from today."""
    change = wanted + -known.balance
    return Entry(EntryId(new_id()), EntryKind.ADJUSTMENT, change, work.now.date(), work.now)


def _case(one: NewCase) -> tuple[Any, ...]:
    content, key, case = one.content, one.key, one.id
    customer = content.customer
    heading = Heading(customer.name, content.creditor_reference).encode()
    return (
        case,
        one.reference,
        customer.debtor_type,
        customer.country,
        customer.region,
        content.currency,
        content.claim_type,
        one.time_zone,
        content.oldest_due_on,
        *_sum(one.entries),
        one.index,
        one.stated,
        one.portfolio,
        key.seal(Disclosure.IDENTITY, "heading", heading),
        key.seal(Disclosure.IDENTITY, "identity", customer.encode()),
        key.seal(Disclosure.FINANCIAL, "terms", Particulars.of(content.terms, content.claims).encode()),
    )


def _claim(case: CaseId, currency: str, position: int, claim: Claim) -> tuple[Any, ...]:
    return (
        claim.id, case, position, claim.kind, currency, claim.issued_on, claim.due_on,
        *astuple(claim.balance),
    )  # fmt: skip


def _entry(case: CaseId, currency: str, entry: Entry) -> tuple[Any, ...]:
    return (
        entry.id, case, entry.kind, currency, entry.effective_on, entry.source, *astuple(entry.change),
    )  # fmt: skip


def _sum(entries: Sequence[Entry]) -> tuple[int, int, int, int]:
    costs = interest = fees = principal = 0
    for entry in entries:
        change = entry.change
        costs += change.costs
        interest += change.interest
        fees += change.fees
        principal += change.principal
    return costs, interest, fees, principal
