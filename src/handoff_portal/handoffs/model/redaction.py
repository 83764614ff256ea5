"""Words that must not reach an agency before it accepts: who the customer is and how the debt is numbered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SHORTEST = 4
_PHONE_TAIL = 7


@dataclass(frozen=True, slots=True)
class Identifying:
    """What identifies the customer of one case.

    Attributes:
        names: Of the customer and the contact person.
        addresses: E-mail addresses, streets, home numbers of any kind.
        phones: E.164 numbers.
        references: Invoice numbers, customer numbers, the business's own reference.
    """

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


def found_in(text: str, known: Identifying) -> list[str]:
    """What a text gives away, in words for a sentence; case, spaces and dashes do not matter."""
    plain, digits = _plain(text), re.sub(r"\D", "", text)
    found = []
    if _any(plain, known.names):
        found.append("the name of the customer")
    if _any(plain, known.addresses):
        found.append("an address of the customer")
    if any(phone[-_PHONE_TAIL:] in digits for phone in known.phones if len(phone) > _PHONE_TAIL):
        found.append("a phone number of the customer")
    if _any(plain, known.references):
        found.append("an invoice or reference number")
    return found


def _any(plain: str, wanted: Iterable[str]) -> bool:
    return any(len(_plain(word)) >= _SHORTEST and _plain(word) in plain for word in wanted)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
