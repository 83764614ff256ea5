"""The rows of one account become the account, or the reasons why they cannot."""

from datetime import date
from functools import lru_cache

from handoff_portal.cases.model.case import ClaimType, DebtorType
from handoff_portal.cases.model.content import Channel, Content, Customer, Terms
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.jurisdictions import zone_of
from handoff_portal.core.licence_rules import BY_REGION
from handoff_portal.core.money import written
from handoff_portal.portfolios.model.account import Account, BadRow, FinalNotice, Problem, Severity
from handoff_portal.portfolios.model.cells import Value
from handoff_portal.portfolios.model.claims import Claims, read_claims
from handoff_portal.portfolios.model.columns import COLUMNS, Need, Sort
from handoff_portal.portfolios.model.quiet import read_time
from handoff_portal.portfolios.model.rows import Row, RowReader
from handoff_portal.portfolios.model.wishes import check_wishes, wishes_of

Facts = dict[str, Value]
_COLUMNS = COLUMNS[Sort.PORTFOLIO]
_CLAIM_NEEDS = frozenset({"principal", "due_date"})
_NEEDED = tuple(c.name for c in _COLUMNS.values() if c.need is Need.MUST and c.name not in _CLAIM_NEEDS)
REFERENCES = ("creditor_reference", "debtor_reference", "debtor_name")
"""What brings the rows of an account together, the surest first."""

LONGEST_REFERENCE = 40
_MERGED = frozenset({"email", "phone"})
_HOLDS = {
    "dispute_status": HoldKind.DISPUTE,
    "hardship_flag": HoldKind.HARDSHIP,
    "hardship_note": HoldKind.HARDSHIP,
    "complaint_open": HoldKind.COMPLAINT,
    "legal_representative": HoldKind.REPRESENTED,
    "do_not_contact": HoldKind.CEASE,
}


def reference_of(row: Row) -> str:
    """Under which reference a row belongs to an account; empty if it names none.

    Without an own reference it is the customer number, else the customer's name.
    """
    for name in REFERENCES:
        if value := row.account.get(name):
            return str(value)[:LONGEST_REFERENCE]
    return ""


def make_account(reader: RowReader, rows: list[Row]) -> tuple[Account | None, list[Problem]]:
    """The account of these rows, or None, and every problem found in them."""
    problems = [problem for row in rows for problem in row.problems]
    facts = _agreed(reader, rows, problems)
    reference = reference_of(rows[0])
    facts.setdefault("creditor_reference", reference)
    currency = str(facts.get("currency", ""))
    claims = read_claims(reader, rows, reference)
    problems += claims.problems
    _check_needed(reader, rows[0], facts, problems)
    check_wishes(reader, rows[0], facts, problems)
    if not _errors(problems):
        _check_sums(reader, rows[0], claims, currency, problems)
    if _errors(problems):
        return None, problems
    return _account(rows, facts, claims, problems), problems


def bad_rows(rows: list[Row], problems: list[Problem]) -> tuple[BadRow, ...]:
    """The rows of an account that could not be made, each with its reasons."""
    own: dict[int, list[str]] = {}
    for problem in problems:
        if problem.severity is Severity.ERROR:
            where = f"{problem.column}: " if problem.column else ""
            own.setdefault(problem.row, []).append(where + problem.say)
    others = ", ".join(str(number) for number in sorted(own)[:5])
    company = (f"This row is well, but row {others} of the same account is not.",)
    return tuple(BadRow(row.number, tuple(row.cells), tuple(own.get(row.number, company))) for row in rows)


def _errors(problems: list[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _agreed(reader: RowReader, rows: list[Row], problems: list[Problem]) -> Facts:
    """What all rows say of the account together; where they differ is a problem."""
    facts = dict(rows[0].account)
    for row in rows[1:]:
        if row.account == facts:
            continue
        for name, value in row.account.items():
            before = facts.setdefault(name, value)
            if before == value:
                continue
            if name in _MERGED and isinstance(before, tuple) and isinstance(value, tuple):
                facts[name] = tuple(dict.fromkeys(before + value))
            elif name != "creditor_reference" or str(before).casefold() != str(value).casefold():
                problems.append(_contradiction(reader, rows[0], row, name, before, value))
    return facts


def _contradiction(
    reader: RowReader, first: Row, row: Row, name: str, before: Value, value: Value
) -> Problem:
    what = f"Row {first.number} says “{_shown(before)}” for the same account, this row “{_shown(value)}”."
    return reader.problem(
        row.number, name, _shown(value), what, "Write the same in both, or part the accounts."
    )


def _shown(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _check_needed(reader: RowReader, first: Row, facts: Facts, problems: list[Problem]) -> None:
    if "debtor_name" not in facts:
        name = " ".join(str(facts[part]) for part in ("first_name", "last_name") if part in facts)
        if name:
            facts["debtor_name"] = name
    noted = {problem.column for problem in problems}
    for name in _NEEDED:
        if not facts.get(name) and reader.header_of(name) not in noted:
            words = _COLUMNS[name].words
            problems.append(reader.problem(first.number, name, "", f"{words} is missing.", "Fill it in."))
    country = str(facts.get("country", ""))
    if not facts.get("state") and _has_regions(country) and reader.header_of("state") not in noted:
        what = f"In {country} the state or region decides about the licence; it is missing."
        problems.append(reader.problem(first.number, "state", "", what, "Write its code or name."))
    reachable = {reader.header_of("email"), reader.header_of("phone")} & noted
    if not facts.get("email") and not facts.get("phone") and not reachable:
        what = "There is neither an e-mail address nor a telephone number."
        problems.append(reader.problem(first.number, "email", "", what, "Fill in one of them."))


def _check_sums(
    reader: RowReader, first: Row, claims: Claims, currency: str, problems: list[Problem]
) -> None:
    principal = sum(claim.effect.principal for claim in claims.claims)
    still = principal + claims.charges.total - claims.paid
    name = "principal" if "principal" in reader.places else "outstanding"
    if principal < 0:
        what, mend = (
            "The credit notes are larger than the invoices, so nothing is owed.",
            "Leave the account out.",
        )
        problems.append(reader.problem(first.number, name, written(principal, currency), what, mend))
    elif still <= 0:
        paid = f" With {currency} {written(claims.paid, currency)} paid," if claims.paid else ""
        what = f"{paid} nothing is open any more.".strip().capitalize()
        mend = "Leave the account out, or correct the amounts."
        problems.append(reader.problem(first.number, name, written(still, currency), what, mend))


def _has_regions(country: str) -> bool:
    return country in BY_REGION


@lru_cache(maxsize=4096)
def _zone(country: str, region: str) -> str:
    return zone_of(country, region)


def _account(rows: list[Row], facts: Facts, claims: Claims, problems: list[Problem]) -> Account:
    country, region = _text(facts, "country"), _text(facts, "state")
    notice = facts.get("final_notice_date")
    reminders = facts.get("reminders_sent")
    documents = (name for row in rows for name in _several(row.claim, "document_list"))
    return Account(
        rows=tuple(row.number for row in rows),
        content=_content(facts, claims),
        time_zone=_zone(country, region),
        paid_on=_day(facts, "last_payment_date"),
        final_notice=FinalNotice(notice, _channel(facts, "final_notice_channel"))
        if isinstance(notice, date)
        else None,
        reminders_sent=reminders if isinstance(reminders, int) else None,
        limitation_on=_day(facts, "limitation_date"),
        documents=tuple(dict.fromkeys(documents)),
        holds=frozenset(kind for name, kind in _HOLDS.items() if facts.get(name)),
        wishes=wishes_of(facts),
        warnings=tuple(problems),
    )


def _content(facts: Facts, claims: Claims) -> Content:
    return Content(
        customer=_customer(facts),
        creditor_reference=_text(facts, "creditor_reference"),
        claim_type=ClaimType(_text(facts, "claim_type") or "unpaid_invoice"),
        currency=_text(facts, "currency"),
        terms=_terms(facts, claims.paid),
        claims=tuple(claims.claims),
        charges=claims.charges,
    )


def _customer(facts: Facts) -> Customer:
    known = facts.get("hardship_flag")
    return Customer(
        name=_text(facts, "debtor_name"),
        debtor_type=DebtorType(_text(facts, "debtor_type")),
        contact_person=_text(facts, "contact_person"),
        registration_number=_text(facts, "registration_number"),
        street=_text(facts, "address"),
        city=_text(facts, "city"),
        postal_code=_text(facts, "postal_code"),
        region=_text(facts, "state"),
        country=_text(facts, "country"),
        emails=_several(facts, "email"),
        phones=_several(facts, "phone"),
        language=_text(facts, "preferred_language") or "en",
        preferred_channel=_channel(facts, "preferred_channel"),
        hardship=_text(facts, "hardship_note") or ("Hardship is known." if known else ""),
        represented_by=_text(facts, "legal_representative"),
        quiet=tuple(map(read_time, _several(facts, "quiet_times"))),
        debtor_reference=_text(facts, "debtor_reference"),
    )


def _terms(facts: Facts, paid: int) -> Terms:
    return Terms(
        contract_reference=_text(facts, "contract_reference"),
        contract_signed_on=_iso(facts, "contract_signed_date"),
        clause=_text(facts, "clause"),
        interest_basis=_text(facts, "interest_rate"),
        interest_as_of=_iso(facts, "interest_as_of"),
        payments_to_date=paid,
        relationship=_text(facts, "relationship_instruction"),
        disputed=facts.get("dispute_status") is True,
        dispute_note=_text(facts, "dispute_note"),
    )


def _text(facts: Facts, name: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) else ""


def _several(facts: Facts, name: str) -> tuple[str, ...]:
    value = facts.get(name)
    return value if isinstance(value, tuple) else ()


def _day(facts: Facts, name: str) -> date | None:
    value = facts.get(name)
    return value if isinstance(value, date) else None


def _iso(facts: Facts, name: str) -> str:
    day = _day(facts, name)
    return day.isoformat() if day else ""


def _channel(facts: Facts, name: str) -> Channel | None:
    value = _text(facts, name)
    return Channel(value) if value else None
