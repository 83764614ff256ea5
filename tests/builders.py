"""Pure values for tests, plausible unless told otherwise."""

from datetime import date
from uuid import uuid4

from handoff_portal.cases.model.case import Balance, ClaimType, DebtorType
from handoff_portal.cases.model.content import Claim, ClaimKind, Content, Customer, Terms
from handoff_portal.core.ids import ClaimId


def a_customer(**changes: object) -> Customer:
    """A company in Singapore."""
    values: dict[str, object] = {
        "name": "Kopi Tiam Pte Ltd",
        "debtor_type": DebtorType.COMPANY,
        "contact_person": "Lim Wei",
        "street": "12 Tras Street",
        "city": "Singapore",
        "postal_code": "079002",
        "country": "SG",
        "emails": ("accounts@kopi.example",),
        "phones": ("+6560000001",),
    }
    return Customer(**{**values, **changes})  # type: ignore[arg-type]


def a_claim(minor: int = 150_00, kind: ClaimKind = ClaimKind.INVOICE, due: date = date(2026, 6, 30)) -> Claim:
    """An invoice of principal only."""
    return Claim(
        ClaimId(uuid4()), kind, "2026-0001", "Paper", date(2026, 5, 31), due, Balance(principal=minor)
    )


def some_content() -> Content:
    """An invoice over 150.00 and a credit note over 25.00."""
    return Content(
        customer=a_customer(),
        creditor_reference="INV-2026-0001",
        claim_type=ClaimType.UNPAID_INVOICE,
        currency="SGD",
        terms=Terms(contract_reference="C-7", clause="8.2", relationship="A customer for nine years"),
        claims=(a_claim(), a_claim(25_00, ClaimKind.CREDIT_NOTE)),
    )
