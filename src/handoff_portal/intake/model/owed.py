"""The step “What is owed”: claims, what came on top, what was paid, what was agreed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_OID, uuid5

from handoff_portal.cases.model.case import Balance, ClaimType
from handoff_portal.cases.model.content import Claim, ClaimKind, Terms
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import CaseId, ClaimId
from handoff_portal.core.money import written

CURRENCIES: tuple[tuple[str, str], ...] = (
    ("AUD", "AUD Australian dollar"),
    ("CAD", "CAD Canadian dollar"),
    ("CHF", "CHF Swiss franc"),
    ("CNY", "CNY Chinese yuan"),
    ("EUR", "EUR Euro"),
    ("GBP", "GBP Pound sterling"),
    ("HKD", "HKD Hong Kong dollar"),
    ("IDR", "IDR Indonesian rupiah"),
    ("INR", "INR Indian rupee"),
    ("JPY", "JPY Japanese yen"),
    ("KRW", "KRW South Korean won"),
    ("MYR", "MYR Malaysian ringgit"),
    ("NZD", "NZD New Zealand dollar"),
    ("PHP", "PHP Philippine peso"),
    ("SGD", "SGD Singapore dollar"),
    ("THB", "THB Thai baht"),
    ("USD", "USD United States dollar"),
    ("VND", "VND Vietnamese dong"),
)
"""ISO 4217 codes and names that forms offer."""

COLUMNS = ("kind", "number", "description", "issued_on", "due_on", "amount")
"""What a row of the claims asks; the fields are called `claim_1_number` and so on."""

MOST_ROWS = 200
_FILLED = ("number", "description", "issued_on", "due_on", "amount")
_ROW = re.compile(rf"claim_(\d{{1,3}})_({'|'.join(COLUMNS)})")
_LONG = 2000


@dataclass(frozen=True, slots=True)
class Owed:
    """What the step says.

    Attributes:
        charges: Interest, fees and costs of the account as a whole, minor units.
        paid_on: Day of the last payment before submission.
    """

    creditor_reference: str
    claim_type: ClaimType
    currency: str
    claims: tuple[Claim, ...]
    charges: Balance
    terms: Terms
    paid_on: date | None

    @property
    def asked(self) -> Balance:
        """Everything asked for, before earlier payments."""
        return sum((claim.effect for claim in self.claims), self.charges)

    @property
    def open(self) -> int:
        """What is open now, minor units."""
        return self.asked.total - self.terms.payments_to_date


def read_owed(form: Form, case: CaseId) -> Owed:
    """What is owed as typed; what is missing or wrong is noted in the form and counts as nothing."""
    currency = _currency(form)
    owed = Owed(
        creditor_reference=form.text("creditor_reference", longest=40),
        claim_type=form.choice("claim_type", ClaimType),
        currency=currency,
        claims=tuple(_claims(form, currency, case)),
        charges=Balance(
            **{name: form.amount(name, currency, required=False) for name in ("interest", "fees", "costs")}
        ),
        terms=_terms(form, currency),
        paid_on=form.day("paid_on", required=False),
    )
    _check(form, owed)
    return owed


def rows_of(fields: Mapping[str, list[str]]) -> list[int]:
    """Numbers of the rows that a form shows: 1 to the asked number, at least one."""
    asked = next(iter(fields.get("claims", [])), "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len("9999") else 1
    used = [int(found[1]) for name in fields if (found := _ROW.fullmatch(name))]
    return list(range(1, min(max([number, *used, 1]), MOST_ROWS) + 1))


def add_row(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The same fields with one more empty row."""
    return {**fields, "claims": [str(min(len(rows_of(fields)) + 1, MOST_ROWS))]}


def drop_row(fields: Mapping[str, list[str]], row: int) -> dict[str, list[str]]:
    """The same fields without that row; those below it move up."""
    kept = {name: values for name, values in fields.items() if not _ROW.fullmatch(name)}
    others = [number for number in rows_of(fields) if number != row]
    for place, number in enumerate(others, start=1):
        for column in COLUMNS:
            if f"claim_{number}_{column}" in fields:
                kept[f"claim_{place}_{column}"] = fields[f"claim_{number}_{column}"]
    kept["claims"] = [str(max(len(others), 1))]
    return kept


def _currency(form: Form) -> str:
    typed = form.value("currency")
    if typed in dict(CURRENCIES):
        return typed
    form.refuse("currency", "Please choose the currency of this account.")
    return "USD"


def _claims(form: Form, currency: str, case: CaseId) -> Iterator[Claim]:
    rows = [
        row
        for row in rows_of(form.fields())
        if any(form.value(f"claim_{row}_{column}").strip() for column in _FILLED)
    ]
    for row in rows:
        yield _claim(form, row, currency, case)
    if not rows:
        form.refuse("claim_1_number", "Please write down at least one invoice.")


def _claim(form: Form, row: int, currency: str, case: CaseId) -> Claim:
    name = f"claim_{row}_"
    kind = form.choice(name + "kind", ClaimKind) if form.value(name + "kind") else ClaimKind.INVOICE
    claim = Claim(
        id=ClaimId(uuid5(NAMESPACE_OID, f"{case}/claim/{row}")),
        kind=kind,
        number=form.text(name + "number", longest=60),
        description=form.text(name + "description", required=False, longest=200),
        issued_on=form.day(name + "issued_on"),
        due_on=form.day(name + "due_on", required=kind is ClaimKind.INVOICE),
        balance=Balance(principal=form.amount(name + "amount", currency, least=1)),
    )
    if claim.issued_on and claim.due_on and claim.due_on < claim.issued_on:
        form.refuse(name + "due_on", f"This is before the day of the paper, {claim.issued_on.isoformat()}.")
    return claim


def _terms(form: Form, currency: str) -> Terms:
    signed, as_of = form.day("contract_signed_on", required=False), form.day("interest_as_of", required=False)
    clarified, limit = form.day("clarified_on", required=False), form.day("limitation_date", required=False)
    disputed = form.value("disputed") == "yes"
    if form.value("disputed") not in {"yes", "no"}:
        form.refuse("disputed", "Please choose one.")
    return Terms(
        contract_reference=form.text("contract_reference", required=False, longest=80),
        contract_signed_on=signed.isoformat() if signed else "",
        clause=form.text("clause", required=False, longest=200),
        interest_basis=form.text("interest_basis", required=False, longest=300),
        interest_as_of=as_of.isoformat() if as_of else "",
        payments_to_date=form.amount("payments_to_date", currency, required=False),
        relationship=form.text("relationship", required=False, longest=_LONG),
        disputed=disputed,
        dispute_note=form.text("dispute_note", required=disputed, longest=_LONG),
        terms_clear={"yes": True, "no": False}.get(form.value("terms_clear")),
        clarified_on=clarified.isoformat() if clarified else "",
        limitation_date=limit.isoformat() if limit else "",
    )


def _check(form: Form, owed: Owed) -> None:
    """What only the fields together can tell."""
    if owed.charges.interest and not owed.terms.interest_basis:
        form.refuse(
            "interest_basis", "Please say how the interest was computed, such as 8% a year since 1 May."
        )
    if (owed.charges.interest or owed.charges.fees) and not owed.terms.clause:
        form.refuse("clause", "Please name the clause or law that allows the interest and fees.")
    numbers = [claim.number.casefold() for claim in owed.claims if claim.number]
    for claim in owed.claims:
        if claim.number and numbers.count(claim.number.casefold()) > 1:
            form.refuse("claims", f"The number {claim.number} stands in more than one row.")
    if not form.errors and owed.asked.principal < 0:
        form.refuse("claims", "The credit notes are larger than the invoices, so nothing is owed.")
    elif not form.errors and owed.open <= 0:
        paid = written(owed.terms.payments_to_date, owed.currency)
        form.refuse("payments_to_date", f"With {owed.currency} {paid} paid, nothing is open any more.")
