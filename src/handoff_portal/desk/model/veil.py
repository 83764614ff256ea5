"""What was written names the customer too: known names, numbers and addresses are masked there as well."""

import re
from collections.abc import Callable
from dataclasses import replace

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Customer
from handoff_portal.contacts.model.timeline import Moment
from handoff_portal.core.masking import mask_email, mask_name, mask_phone, mask_text

Veil = Callable[[str], str]
_SHORTEST_WORD = 3
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def no_veil(text: str) -> str:
    """Everything as it was written."""
    return text


def veil_of(customer: Customer | None) -> Veil:
    """A function that masks this customer's personal data wherever it stands in a text."""
    if customer is None:
        return no_veil
    masks = {part.casefold(): masked for part, masked in _known(customer) if part}
    if not masks:
        return no_veil
    known = sorted(masks, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){_loose(part)}(?!\w)" for part in known), re.IGNORECASE)

    def mask(found: re.Match[str]) -> str:
        return masks.get(found[0].casefold(), "") or mask_text(found[0])

    return lambda text: pattern.sub(mask, text)


def veiled(moment: Moment, veil: Veil) -> Moment:
    """An entry of the timeline as a page may show it before a reveal."""
    if veil is no_veil:
        return moment
    named = moment.side == "customer" and not moment.who.startswith("noted by ")
    return replace(
        moment,
        who=mask_name(_EMAIL.sub("", moment.who)) if named and moment.who else veil(moment.who),
        text=veil(moment.text),
        subject=veil(moment.subject),
        more=tuple((label, veil(value)) for label, value in moment.more),
        names=tuple(map(veil, moment.names)),
    )


def _known(customer: Customer) -> list[tuple[str, str]]:
    """Each piece of personal data with its mask; the words of a person's name count on their own too."""
    people = [customer.contact_person]
    if customer.debtor_type is DebtorType.PRIVATE:
        people.append(customer.name)
    words = [word for name in people for word in name.split() if len(word) >= _SHORTEST_WORD]
    return [
        (customer.name, mask_name(customer.name)),
        (customer.contact_person, mask_name(customer.contact_person)),
        *((word, mask_name(word)) for word in words),
        *((address, mask_email(address)) for address in customer.emails),
        *((number, mask_phone(number)) for number in customer.phones),
        (customer.street, mask_text(customer.street)),
        (customer.registration_number, mask_text(customer.registration_number)),
        (customer.represented_by, mask_text(customer.represented_by)),
    ]


def _loose(part: str) -> str:
    """A pattern for one piece; digits of a number may stand apart, space may be any space."""
    if part.startswith("+") and part[1:].isdigit():
        return r"\+?" + r"[\s().-]*".join(part[1:])
    return r"\s+".join(map(re.escape, part.split()))
