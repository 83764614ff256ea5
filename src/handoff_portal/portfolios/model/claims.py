"""The invoices and credit notes of an account, one row each, and its charges."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from handoff_portal.cases.model.case import Balance
from handoff_portal.cases.model.content import Claim, ClaimKind
from handoff_portal.core.ids import ClaimId
from handoff_portal.portfolios.model.account import Problem, Severity
from handoff_portal.portfolios.model.cells import Value
from handoff_portal.portfolios.model.rows import Row, RowReader

_IDS = tuple(ClaimId(UUID(int=number)) for number in range(1, 257))
_CHARGES = ("interest", "fees", "costs")


class Claims(Struct, gc=False):
    """What the rows of one account ask for.

    Attributes:
        charges: Interest, fees and costs of all rows.
        paid: Paid before the hand-over, minor units.
    """

    claims: list[Claim] = []
    charges: Balance = Balance()
    paid: int = 0
    problems: list[Problem] = []


def read_claims(reader: RowReader, rows: list[Row], reference: str) -> Claims:
    """The claims of all rows that speak of one, and what is wrong with them."""
    found = Claims()
    numbers: dict[str, int] = {}
    for row in rows:
        if row.part:
            continue
        number = str(row.claim.get("invoice_number") or reference)
        before = numbers.setdefault(number.casefold(), row.number)
        if before != row.number:
            what = f"The number {number} stands in row {before}, too."
            found.problems.append(
                reader.problem(
                    row.number, "invoice_number", number, what, "Give each invoice a row of its own."
                )
            )
        else:
            _take(found, reader, row, number)
    return found


def _take(found: Claims, reader: RowReader, row: Row, number: str) -> None:
    claim = row.claim
    amount = _amount(claim)
    if amount is None:
        if not any(problem.row == row.number for problem in row.problems):
            name = "principal" if "principal" in reader.places else "outstanding"
            found.problems.append(
                reader.problem(row.number, name, "", "The amount is missing.", "Fill it in.")
            )
        return
    kind = ClaimKind.INVOICE
    if claim.get("document_type") == "credit_note" or amount < 0:
        kind, amount = ClaimKind.CREDIT_NOTE, abs(amount)
    found.paid += _paid(claim, amount)
    found.charges += Balance(**{name: _minor(claim, name) for name in _CHARGES})
    if amount == 0:
        found.problems.append(_nothing(reader, row))
        return
    issued, due = _day(claim, "invoice_date"), _day(claim, "due_date")
    if due is None and kind is ClaimKind.INVOICE and not _noted(reader, row, "due_date"):
        found.problems.append(
            reader.problem(row.number, "due_date", "", "The due date is missing.", "Fill it in.")
        )
    if issued and due and due < issued:
        what = f"This is before the day of the invoice, {issued.isoformat()}."
        found.problems.append(
            reader.problem(row.number, "due_date", due.isoformat(), what, "Correct one of the two.")
        )
    place = len(found.claims)
    found.claims.append(
        Claim(
            id=_IDS[place] if place < len(_IDS) else ClaimId(UUID(int=place + 1)),
            kind=kind,
            number=number,
            description=str(claim.get("description", "")),
            issued_on=issued,
            due_on=due,
            balance=Balance(principal=amount),
        )
    )


def _amount(claim: dict[str, Value]) -> int | None:
    """The amount of the paper; where only what is open is known, that."""
    for name in ("principal", "outstanding"):
        if isinstance(value := claim.get(name), int):
            return value
    return None


def _paid(claim: dict[str, Value], amount: int) -> int:
    """What was paid on this row: as stated, else the difference to what is still open."""
    if "payments_to_date" in claim:
        return abs(_minor(claim, "payments_to_date"))
    if isinstance(still := claim.get("outstanding"), int) and "principal" in claim and 0 <= still <= amount:
        return amount - still
    return 0


def _minor(claim: dict[str, Value], name: str) -> int:
    value = claim.get(name)
    return value if isinstance(value, int) else 0


def _day(claim: dict[str, Value], name: str) -> date | None:
    value = claim.get(name)
    return value if isinstance(value, date) else None


def _noted(reader: RowReader, row: Row, name: str) -> bool:
    header = reader.header_of(name)
    return any(problem.column == header for problem in row.problems)


def _nothing(reader: RowReader, row: Row) -> Problem:
    found = reader.problem(
        row.number, "principal", "0", "Nothing is asked for in this row.", "It was left out."
    )
    return Problem(found.row, found.column, found.value, found.what, found.mend, Severity.WARNING)
