"""Reading the terms of an offer from its form, and what the form begins with."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handoff_portal.cases.model.account import USUAL_ORDER, Bucket
from handoff_portal.core.deadlines import end_of_day
from handoff_portal.core.ids import OrgId
from handoff_portal.handoffs.model.offer import OfferTerms
from handoff_portal.handoffs.model.percent import parse_percent
from handoff_portal.web.forms import Form

USUAL_DAYS = 7
OTHER_ORDER = "other"
_LONGEST = 20
PLACES = ("first", "second", "third", "fourth")

BUCKET_WORDS: Mapping[Bucket, str] = {
    Bucket.COSTS: "Costs",
    Bucket.INTEREST: "Interest",
    Bucket.FEES: "Fees",
    Bucket.PRINCIPAL: "Principal",
}


def order_words(order: Iterable[Bucket]) -> str:
    """An order of allocation for a reader: "Costs, then interest, then fees, then principal"."""
    return ", then ".join(BUCKET_WORDS[bucket].lower() for bucket in order).capitalize()


def _code(order: Iterable[Bucket]) -> str:
    return "-".join(bucket.value for bucket in order)


_COSTS_PRINCIPAL = (Bucket.COSTS, Bucket.PRINCIPAL, Bucket.INTEREST, Bucket.FEES)
_PRINCIPAL_FIRST = (Bucket.PRINCIPAL, Bucket.COSTS, Bucket.INTEREST, Bucket.FEES)
ORDERS = {_code(order): order for order in (USUAL_ORDER, _COSTS_PRINCIPAL, _PRINCIPAL_FIRST)}


def order_options() -> list[tuple[str, str, str]]:
    """The usual orders and the door to any other: value, words, hint."""
    hints = ("The usual order.", "Often asked for where a private person borrowed money.", "")
    known = [
        (code, order_words(order), hint) for (code, order), hint in zip(ORDERS.items(), hints, strict=True)
    ]
    return [*known, (OTHER_ORDER, "Another order", "")]


def beginning(now: datetime, zone: str) -> dict[str, str]:
    """What the form begins with: one week, the usual order."""
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=USUAL_DAYS)
    ends = end_of_day(day, zone).astimezone(ZoneInfo(zone))
    places = dict(zip(PLACES, (bucket.value for bucket in USUAL_ORDER), strict=True))
    return {"order": _code(USUAL_ORDER), "expires_at": f"{ends:%Y-%m-%dT%H:%M}", **places}


def read_terms(form: Form, zone: str, now: datetime) -> OfferTerms:
    """The terms as typed; mistakes are noted in the form."""
    commission = read_percent(form, "commission")
    ends = form.moment("expires_at", zone)
    return OfferTerms(commission or 0, _read_order(form), ends or now + timedelta(days=USUAL_DAYS))


def read_shares(form: Form, agencies: Iterable[OrgId]) -> dict[OrgId, int]:
    """Another commission for some of the chosen agencies, in basis points; empty fields are left out."""
    typed = {agency: f"share_{agency.hex}" for agency in agencies}
    read = {agency: read_percent(form, name) for agency, name in typed.items() if form.value(name).strip()}
    return {agency: share for agency, share in read.items() if share is not None}


def read_percent(form: Form, name: str) -> int | None:
    """A percentage in basis points; None after a mistake, which is noted in the form."""
    try:
        return parse_percent(form.value(name)[:_LONGEST])
    except ValueError as mistake:
        form.refuse(name, str(mistake))
        return None


def _read_order(form: Form) -> tuple[Bucket, ...]:
    chosen = form.value("order")
    if chosen in ORDERS:
        return ORDERS[chosen]
    if chosen != OTHER_ORDER:
        form.refuse("order", "Choose in which order a payment fills the parts of the balance.")
        return USUAL_ORDER
    typed = [form.value(place) for place in PLACES]
    return tuple(Bucket(word) for word in typed if word in set(Bucket))
