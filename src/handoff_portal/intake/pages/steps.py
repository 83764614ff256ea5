"""Beginning a case and its steps: what is typed is kept at once, and saving always goes on."""

from typing import Any
from uuid import UUID

from litestar import MediaType, Response
from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.case import ClaimType, DebtorType
from handoff_portal.cases.model.content import Channel, ClaimKind
from handoff_portal.contacts.model.choices import DAYS
from handoff_portal.contacts.model.communications import CHANNEL_WORDS
from handoff_portal.core.ids import CaseId
from handoff_portal.core.jurisdictions import (
    Requirement,
    country_choices,
    country_names,
    place_name,
    region_choices,
    requirement,
    scope_of,
    zone_of,
)
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.core.regions import REGIONS
from handoff_portal.documents.actions import papers
from handoff_portal.documents.model import KIND_WORDS, DocumentKind
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.intake.actions import drafting
from handoff_portal.intake.actions.drafting import Opened
from handoff_portal.intake.actions.policies import current_policy
from handoff_portal.intake.model.customer import LANGUAGES, zones_in
from handoff_portal.intake.model.limitation import usual_period
from handoff_portal.intake.model.owed import CURRENCIES, add_row, drop_row, rows_of
from handoff_portal.intake.model.steps import STEP_WORDS, Step, after
from handoff_portal.intake.pages.rail import frame_of
from handoff_portal.intake.pages.readiness import show_ready
from handoff_portal.intake.pages.said import show_said
from handoff_portal.web.formats import write_date
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

CLAIM_TYPES = [
    (ClaimType.UNPAID_INVOICE, "Unpaid invoices"),
    (ClaimType.LOAN, "A loan"),
    (ClaimType.CONTRACT, "Another duty from a contract"),
    (ClaimType.DAMAGE, "Damage"),
    (ClaimType.OTHER, "Something else"),
]
CLAIM_KINDS = [(ClaimKind.INVOICE, "Invoice"), (ClaimKind.CREDIT_NOTE, "Credit note")]
DEBTOR_TYPES = [
    (
        DebtorType.COMPANY,
        "A company",
        "Also sole traders and partnerships, for what they bought for their business.",
    ),
    (
        DebtorType.PRIVATE,
        "A private person",
        "Consumer law applies; only agencies licensed for it can take the case.",
    ),
]
ASKED_FOR = (
    DocumentKind.CONTRACT,
    DocumentKind.INVOICE,
    DocumentKind.PROOF_OF_DELIVERY,
    DocumentKind.FINAL_NOTICE,
)
OFFERED_KINDS = [kind for kind in DocumentKind if kind not in {DocumentKind.MAIL, DocumentKind.ATTACHMENT}]


@get("/cases/new", needs=Permission.CASE_DRAFT)
def explain(request: PortalRequest) -> Page:
    """What is needed and what will happen."""
    with request.work() as work:
        policy = current_policy(work)
    return page(request, "intake/new.html", policy=policy)


@post("/cases/new", needs=Permission.CASE_DRAFT)
def begin(request: PortalRequest) -> Page:
    """Begin a draft."""
    with request.work() as work:
        case = drafting.begin(work)
    return redirect(request, f"/cases/{case.id}/edit/{Step.CUSTOMER.value}")


@get("/cases/{case_id:uuid}/edit/{step:str}", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest, case_id: FromPath[UUID], step: FromPath[str]) -> Page:
    """One step with everything typed so far."""
    wanted = step_of(step)
    if wanted is Step.SAID:
        return show_said(request, CaseId(case_id))
    if wanted is Step.READY:
        return show_ready(request, CaseId(case_id))
    with request.work() as work:
        opened = drafting.open_draft(work, CaseId(case_id))
        frame = frame_of(work, opened, wanted)
        more = _SHOWN[wanted](work, opened)
    request.sent.fill(more.pop("begin_with") | opened.fields(wanted))
    if opened.was_checked(wanted):
        request.sent.errors.update(opened.reading.errors_of(wanted))
    return page(request, f"intake/{wanted.value}.html", **frame, **more)


@post("/cases/{case_id:uuid}/edit/{step:str}", needs=Permission.CASE_DRAFT)
def save(request: PortalRequest, case_id: FromPath[UUID], step: FromPath[str]) -> Page:
    """Keep what was typed, and go where the pressed button says."""
    wanted, go = step_of(step), request.sent.value("go")
    fields = request.sent.fields()
    row = go.removeprefix("drop-")
    if go == "add":
        fields = add_row(fields)
    elif go.startswith("drop-") and row.isascii() and row.isdigit():
        fields = drop_row(fields, int(row))
    with request.work() as work:
        opened = drafting.save_step(work, CaseId(case_id), wanted, fields, checked=go in {"next", "leave"})
        now = work.now
    if request.headers.get("X-Autosave"):
        return Response({"saved": now.isoformat(timespec="seconds")}, media_type=MediaType.JSON)
    return _onwards(request, opened, wanted, go)


def step_of(word: str) -> Step:
    """The step with this name. Raises NotFound."""
    if word not in set(Step):
        raise NotFound
    return Step(word)


def _onwards(request: PortalRequest, opened: Opened, step: Step, go: str) -> Page:
    here = f"/cases/{opened.case.id}/edit"
    missing = len(opened.reading.errors_of(step))
    say = "Saved."
    if missing:
        things = "1 thing is" if missing == 1 else f"{missing} things are"
        say = f"Saved. {things} still to do under “{STEP_WORDS[step]}”."
    if go == "leave":
        return redirect(
            request, "/cases", f"{say} You find the draft {opened.case.reference} among your cases."
        )
    if go == "next":
        return redirect(request, f"{here}/{after(step).value}", say, "info" if missing else "success")
    anchor = "#claims" if go == "add" or go.startswith("drop-") else ""
    return redirect(request, f"{here}/{step.value}{anchor}")


def _customer(work: Work, opened: Opened) -> dict[str, Any]:
    own = show_organisation(work, work.actor.org)
    customer = opened.reading.content.customer
    country = customer.country or own.country
    return {
        "begin_with": {"country": own.country, "language": "en"},
        "debtor_types": DEBTOR_TYPES,
        "countries": country_choices(),
        "regions": [(country_names()[code], region_choices(code)) for code in REGIONS],
        "languages": LANGUAGES,
        "days": DAYS,
        "channels": [(channel, CHANNEL_WORDS[channel]) for channel in Channel],
        "zones": [(zone, zone.replace("_", " ")) for zone in zones_in(country)],
        "their_zone": opened.reading.time_zone or zone_of(own.country, ""),
        "licence": _licence(opened),
        "place_name": place_name,
    }


def _licence(opened: Opened) -> Requirement | None:
    """What an agency needs for this customer; None while that cannot be said."""
    customer, errors = opened.reading.content.customer, opened.reading.errors_of(Step.CUSTOMER)
    if errors.keys() & {"country", "region", "debtor_type"}:
        return None
    return requirement(customer.country, customer.region, scope_of(customer.debtor_type))


def _owed(work: Work, opened: Opened) -> dict[str, Any]:
    own = show_organisation(work, work.actor.org)
    fields = opened.fields(Step.OWED)
    typed = fields.get("currency", [own.currency])[0]
    return {
        "begin_with": {"currency": own.currency, "claim_type": ClaimType.UNPAID_INVOICE.value},
        "claim_types": CLAIM_TYPES,
        "claim_kinds": CLAIM_KINDS,
        "currencies": CURRENCIES,
        "currency": typed if typed in dict(CURRENCIES) else own.currency,
        "rows": rows_of(fields),
        "owed": opened.reading.owed,
        "hint_until": _until(opened),
    }


def _until(opened: Opened) -> str:
    """The usual period at the customer's place, as a hint and nothing more."""
    customer, due = opened.reading.content.customer, opened.reading.content.oldest_due_on
    usual = usual_period(customer.country, customer.region)
    if usual is None or due is None:
        return "The law of the place decides; ask a lawyer where it is close."
    return (
        f"Usual there: {usual.years} years, until about {write_date(usual.ends(due))} ({usual.source}). "
        "A hint only; ask a lawyer where it is close."
    )


def _documents(work: Work, opened: Opened) -> dict[str, Any]:
    counts = papers.counts_by_kind(work, opened.case)
    return {
        "begin_with": {},
        "documents": papers.list_documents(work, opened.case, opened.key),
        "kinds": KIND_WORDS,
        "asked_for": [(KIND_WORDS[kind], counts.get(kind, 0)) for kind in ASKED_FOR],
        "offered": [(kind, KIND_WORDS[kind]) for kind in OFFERED_KINDS],
        "removable": True,
    }


_SHOWN = {Step.CUSTOMER: _customer, Step.OWED: _owed, Step.DOCUMENTS: _documents}

ROUTES = (explain, begin, show, save)
