"""How the fields of the steps are called in a sentence."""

import re

LABELS: dict[str, str] = {
    "debtor_type": "Who owes",
    "name": "Name",
    "contact_person": "Person to speak with",
    "registration_number": "Company number",
    "debtor_reference": "Your customer number",
    "street": "Street and number",
    "postal_code": "Postal code",
    "city": "Town or city",
    "country": "Country",
    "region": "State or region",
    "email": "E-mail address",
    "other_email": "Other e-mail address",
    "phone": "Phone number",
    "other_phone": "Other phone number",
    "language": "Language",
    "preferred_channel": "Way they prefer",
    "inconvenient_times": "When nobody should call",
    "hardship": "Hardship",
    "vulnerability": "What makes them vulnerable",
    "represented_by": "Who speaks for them",
    "creditor_reference": "Your reference",
    "currency": "Currency",
    "claim_type": "What the debt comes from",
    "claims": "Invoices and credit notes",
    "interest": "Interest",
    "interest_as_of": "Interest computed until",
    "interest_basis": "How the interest was computed",
    "fees": "Fees",
    "costs": "Costs",
    "payments_to_date": "Paid so far",
    "paid_on": "Last payment on",
    "contract_reference": "Contract or order number",
    "contract_signed_on": "Signed or accepted on",
    "clause": "Clause for interest and fees",
    "terms_clear": "Whether the terms are unambiguous",
    "clarified_on": "Clarified with the customer on",
    "limitation_date": "The claim can be enforced until",
    "disputed": "Whether the customer disputes the debt",
    "dispute_note": "What they dispute",
    "relationship": "What should be kept of the relationship",
}
COLUMNS = {
    "kind": "kind",
    "number": "number",
    "amount": "amount",
    "issued_on": "issued on",
    "due_on": "due on",
    "description": "what for",
}
_ROW = re.compile(r"claim_(\d+)_(\w+)")
_BARE = frozenset({"Please fill this in.", "Please choose one."})


def label_of(field: str) -> str:
    """The field's name in words: `claim_2_due_on` is “Row 2, due on”."""
    row = _ROW.fullmatch(field)
    if row:
        return f"Row {row[1]}, {COLUMNS.get(row[2], row[2])}"
    return LABELS.get(field, field)


def in_words(field: str, say: str) -> str:
    """A mistake that makes sense away from its field."""
    return f"{label_of(field)}: {say[0].lower()}{say[1:]}" if say in _BARE else say
