"""UBL 2.x invoices, credit notes and reminders as rows (OASIS UBL 2.1, ISO/IEC 19845).

One document becomes one row; a reminder becomes a row of history. Pure.
"""

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from handoff_portal.adapters.parsing.archives import open_archive
from handoff_portal.adapters.parsing.wire import CannotRead

HEADERS = (
    "record",
    "creditor_reference",
    "debtor_reference",
    "debtor_type",
    "debtor_name",
    "contact_person",
    "registration_number",
    "address",
    "city",
    "postal_code",
    "state",
    "country",
    "email",
    "phone",
    "invoice_number",
    "document_type",
    "description",
    "invoice_date",
    "due_date",
    "currency",
    "principal",
    "payments_to_date",
    "contract_reference",
    "occurred_at",
    "channel",
    "direction",
    "stage",
    "subject",
    "body_or_summary",
)
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_KINDS = {"Invoice-2": "invoice", "CreditNote-2": "credit_note", "Reminder-2": "reminder"}
_LARGEST = 20_000_000
_LAST_NUMBERED = 5


def read_documents(content: bytes) -> Iterator[list[str]]:
    """The header and one row for each document of an XML file, or of a ZIP of XML files.

    Raises:
        CannotRead: It is no well-formed XML, or none of the three documents.
    """
    yield list(HEADERS)
    if not content.startswith(b"PK"):
        yield _row(content, "This file")
        return
    with open_archive(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if member.filename.lower().endswith(".xml") and member.file_size <= _LARGEST:
                yield _row(archive.read(member), f"“{member.filename[:80]}”")


def _row(content: bytes, name: str) -> list[str]:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise CannotRead(f"{name} is no XML that can be read.") from error
    space, _, _ = root.tag.rpartition("}")
    kind = _KINDS.get(space.removeprefix("{").removeprefix(_UBL))
    if kind is None:
        raise CannotRead(f"{name} is no UBL invoice, credit note or reminder.")
    values = {**_customer(root), **(_reminder(root) if kind == "reminder" else _claim(root, kind))}
    return [" ".join(values.get(header, "").split()) for header in HEADERS]


def _customer(root: Element) -> dict[str, str]:
    party = root.find(f"{_CAC}AccountingCustomerParty/{_CAC}Party")
    if party is None:
        return {}
    company = _text(party, "cac:PartyLegalEntity/cbc:RegistrationName")
    person = " ".join(_text(party, f"cac:Person/cbc:{part}") for part in ("FirstName", "FamilyName")).strip()
    name = company or _text(party, "cac:PartyName/cbc:Name") or person
    own = _text(party, "cac:PartyIdentification/cbc:ID")
    number = _text(party, "cac:PartyLegalEntity/cbc:CompanyID")
    street = (_text(party, f"cac:PostalAddress/cbc:{part}") for part in ("StreetName", "BuildingNumber"))
    return {
        "creditor_reference": own or number or name,
        "debtor_reference": own,
        "debtor_type": "company" if number or _text(party, "cac:PartyTaxScheme/cbc:CompanyID") else "",
        "debtor_name": name,
        "contact_person": _text(party, "cac:Contact/cbc:Name"),
        "registration_number": number,
        "address": " ".join(street),
        "city": _text(party, "cac:PostalAddress/cbc:CityName"),
        "postal_code": _text(party, "cac:PostalAddress/cbc:PostalZone"),
        "state": _text(party, "cac:PostalAddress/cbc:CountrySubentity"),
        "country": _text(party, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        "email": _text(party, "cac:Contact/cbc:ElectronicMail"),
        "phone": _text(party, "cac:Contact/cbc:Telephone"),
    }


def _claim(root: Element, kind: str) -> dict[str, str]:
    total = root.find(f"{_CAC}LegalMonetaryTotal")
    payable = _text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")
    whole = _text(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")
    paid = _text(root, "cac:LegalMonetaryTotal/cbc:PrepaidAmount")
    amount = None if total is None else total.find(f"{_CBC}PayableAmount")
    currency = _text(root, "cbc:DocumentCurrencyCode") or (
        amount.get("currencyID", "") if amount is not None else ""
    )
    return {
        "record": "claim",
        "document_type": kind,
        "invoice_number": _text(root, "cbc:ID"),
        "description": _text(root, "cbc:Note"),
        "invoice_date": _text(root, "cbc:IssueDate"),
        "due_date": _text(root, "cbc:DueDate") or _text(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        "currency": currency,
        "principal": whole if paid and whole else payable,
        "payments_to_date": paid if whole else "",
        "contract_reference": _text(root, "cac:ContractDocumentReference/cbc:ID")
        or _text(root, "cac:OrderReference/cbc:ID"),
    }


def _reminder(root: Element) -> dict[str, str]:
    number = _text(root, "cbc:ReminderSequenceNumeric")
    counted = (
        number if number.isascii() and number.isdigit() and 0 < int(number[:3]) <= _LAST_NUMBERED else "1"
    )
    at = _text(root, "cbc:IssueTime")
    about = [
        found.text or ""
        for found in root.iterfind(
            f"{_CAC}ReminderLine/{_CAC}BillingReference/{_CAC}InvoiceDocumentReference/{_CBC}ID"
        )
    ]
    return {
        "record": "history",
        "occurred_at": _text(root, "cbc:IssueDate") + (f"T{at}" if at else ""),
        "channel": "letter",
        "direction": "out",
        "stage": f"reminder_{int(counted)}",
        "subject": f"Reminder {_text(root, 'cbc:ID')}",
        "body_or_summary": _text(root, "cbc:Note") or "About: " + ", ".join(about),
    }


def _text(element: Element, path: str) -> str:
    found = element.find(path.replace("cac:", _CAC).replace("cbc:", _CBC))
    return (found.text or "").strip() if found is not None else ""
