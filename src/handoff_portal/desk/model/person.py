"""The customer as a page shows them: masked for everybody until a reason was recorded."""

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Customer, Heading
from handoff_portal.contacts.model.communications import CHANNEL_WORDS
from handoff_portal.core.masking import mask_email, mask_name, mask_phone, mask_text

KIND_WORDS = {DebtorType.COMPANY: "Company", DebtorType.PRIVATE: "Private person"}


@dataclass(frozen=True, slots=True)
class Shown:
    """The customer in words.

    Attributes:
        name: In full once revealed, else masked.
        personal: Label and value of personal data, masked unless revealed; only what is there.
        open: Label and value of what both sides may always see.
    """

    name: str
    personal: tuple[tuple[str, str], ...]
    open: tuple[tuple[str, str], ...]
    revealed: bool


def show_customer(customer: Customer, country: str, *, revealed: bool) -> Shown:
    """The customer for a page."""
    return Shown(
        name=customer.name if revealed else mask_name(customer.name),
        personal=tuple(
            (label, value if revealed else masked) for label, value, masked in _personal(customer) if value
        ),
        open=tuple((label, value) for label, value in _open(customer, country) if value),
        revealed=revealed,
    )


def show_heading(heading: Heading | None, *, revealed: bool) -> str:
    """The name in a queue; empty in a draft without one."""
    if heading is None or not heading.name:
        return ""
    return heading.name if revealed else mask_name(heading.name)


def _personal(customer: Customer) -> list[tuple[str, str, str]]:
    address = ", ".join(filter(None, (customer.street, f"{customer.postal_code} {customer.city}".strip())))
    found = [
        ("Contact person", customer.contact_person, mask_name(customer.contact_person)),
        ("Registration number", customer.registration_number, mask_text(customer.registration_number)),
    ]
    found += [("Phone", number, mask_phone(number)) for number in customer.phones]
    found += [("E-mail", address, mask_email(address)) for address in customer.emails]
    found += [
        ("Address", address, mask_text(address)),
        ("Hardship", customer.hardship, mask_text(customer.hardship)),
        ("Vulnerability", customer.vulnerability, mask_text(customer.vulnerability)),
        ("Represented by", customer.represented_by, mask_text(customer.represented_by)),
        ("Their number with the business", customer.debtor_reference, mask_text(customer.debtor_reference)),
    ]
    return found


def _open(customer: Customer, country: str) -> list[tuple[str, str]]:
    return [
        ("Kind", KIND_WORDS[customer.debtor_type]),
        ("Country", country),
        ("Language", _language(customer.language)),
        ("Prefers", CHANNEL_WORDS[customer.preferred_channel] if customer.preferred_channel else ""),
        ("Please not", customer.inconvenient_times),
    ]


def _language(tag: str) -> str:
    """The name of a BCP 47 language; the tag itself where it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag
