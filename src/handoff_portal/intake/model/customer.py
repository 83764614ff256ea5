"""The step “Customer”: who owes, how to reach them, what to be careful about."""

from collections.abc import Iterable

from babel.core import get_global

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Channel, Customer, Quiet
from handoff_portal.core.forms import Form
from handoff_portal.core.jurisdictions import country_names, region_choices, zone_of

LANGUAGES: tuple[tuple[str, str], ...] = (
    ("en", "English"),
    ("ar", "Arabic"),
    ("bn", "Bengali"),
    ("zh", "Chinese"),
    ("nl", "Dutch"),
    ("fr", "French"),
    ("de", "German"),
    ("hi", "Hindi"),
    ("id", "Indonesian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("ms", "Malay"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("es", "Spanish"),
    ("tl", "Tagalog"),
    ("ta", "Tamil"),
    ("th", "Thai"),
    ("vi", "Vietnamese"),
)
"""BCP 47 tags and names."""

_LONG = 2000
_DAYS = frozenset("0123456")
_WHOLE_DAY = 24 * 3600


def read_customer(form: Form) -> Customer:
    """The customer as typed; what is missing or wrong is noted in the form and left empty."""
    debtor_type, name = form.choice("debtor_type", DebtorType), form.text("name", longest=120)
    street, city, country = form.text("street", longest=200), form.text("city", longest=80), _country(form)
    return Customer(
        name=name,
        debtor_type=debtor_type,
        contact_person=form.text("contact_person", required=False, longest=120),
        registration_number=form.text("registration_number", required=False, longest=40),
        debtor_reference=form.text("debtor_reference", required=False, longest=40),
        street=street,
        city=city,
        postal_code=form.text("postal_code", required=False, longest=20),
        region=_region(form, country),
        country=country,
        emails=_given(form.email(name, required=False) for name in ("email", "other_email")),
        phones=_given(form.phone(name, country, required=False) for name in ("phone", "other_phone")),
        language=_language(form),
        preferred_channel=form.optional_choice("preferred_channel", Channel),
        inconvenient_times=form.text("inconvenient_times", required=False),
        quiet=_quiet(form),
        hardship=form.text("hardship", required=False, longest=_LONG),
        vulnerability=form.text("vulnerability", required=False, longest=_LONG),
        represented_by=form.text("represented_by", required=False, longest=200),
    )


def check_reachable(form: Form, customer: Customer) -> None:
    """Note it when there is no way to reach the customer but by letter."""
    if not customer.emails and not customer.phones and not form.error("email") and not form.error("phone"):
        form.refuse("email", "Please give an e-mail address or a telephone number.")


def read_zone(form: Form, customer: Customer) -> str:
    """The customer's time zone: the one chosen, else that of the address (`core.jurisdictions`)."""
    chosen = form.value("time_zone")
    if chosen and chosen in zones_in(customer.country):
        return chosen
    return zone_of(customer.country, customer.region) if customer.country else ""


def zones_in(country: str) -> list[str]:
    """IANA zones that are in use in a country (Unicode CLDR), by name; more than one where it matters."""
    found: list[str] = get_global("territory_zones").get(country, [])
    return sorted(found)


def _country(form: Form) -> str:
    typed = form.value("country").strip().upper()
    if typed in country_names():
        return typed
    form.refuse("country", "Choose the country from the list." if typed else "Please fill this in.")
    return ""


def _region(form: Form, country: str) -> str:
    known = dict(region_choices(country))
    typed = form.value("region").strip().upper()
    if not known:
        return ""
    if typed not in known:
        form.refuse("region", "Choose the region; it decides which licence an agency needs.")
        return ""
    return typed


def _language(form: Form) -> str:
    typed = form.value("language")
    if typed and typed not in dict(LANGUAGES):
        form.refuse("language", "Choose the language from the list.")
    return typed or "en"


def _quiet(form: Form) -> tuple[Quiet, ...]:
    """The time at which the customer does not want to be contacted; no hours mean the whole day."""
    days = tuple(sorted({int(day) for day in form.values("quiet_days") if day in _DAYS}))
    start, end = form.clock("quiet_from", required=False), form.clock("quiet_to", required=False)
    if not days and start is None and end is None:
        return ()
    if start is not None and start == end:
        form.refuse("quiet_to", "Please write a time that differs from the first one.")
    return (Quiet(days, start or 0, _WHOLE_DAY if end is None else end),)


def _given(found: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order, without the empty ones."""
    return tuple(dict.fromkeys(one for one in found if one))
