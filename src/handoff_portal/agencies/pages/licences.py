"""Licences: the agency's own, one in detail, the officer's queue."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from anyio import to_thread
from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.assurances import reports_of, waiting_reports
from handoff_portal.agencies.actions.directory import show_agency
from handoff_portal.agencies.actions.licences import (
    correct_licence,
    licence_queue,
    licences_of,
    load_own,
    record_licence,
    show_licence,
)
from handoff_portal.agencies.model.licence import (
    Licence,
    LicenceScope,
    LicenceState,
    LicenceTerms,
    NamedLicence,
)
from handoff_portal.agencies.model.profile import StoredDocument
from handoff_portal.agencies.pages.filing import attached, download, is_fresh, link_to, sent_document
from handoff_portal.agencies.pages.shown import ShownLicence, shown_licence, shown_report
from handoff_portal.core.ids import LicenceId
from handoff_portal.core.jurisdictions import (
    DebtScope,
    Requirement,
    country_of,
    licence_place_choices,
    requirement,
)
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.web.forms import Form
from handoff_portal.web.multipart import SentFile
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, stream_post

SCOPE_CHOICES = (
    (LicenceScope.BOTH.value, "Consumer and commercial debts"),
    (LicenceScope.CONSUMER.value, "Consumer debts only", "Owed by private persons."),
    (LicenceScope.COMMERCIAL.value, "Commercial debts only", "Owed by companies."),
)


@get("/licences", needs=Permission.DIRECTORY_READ)
def licences(request: PortalRequest) -> Page:
    """The officer's queue, or the agency's own licences and reports; businesses go to the directory."""
    if request.actor.may(Permission.LICENCE_VERIFY):
        return _queue(request)
    if request.actor.org_kind is not OrgKind.AGENCY:
        return redirect(request, "/agencies")
    with request.work() as work:
        held = licences_of(work, request.actor.org)
        reports = reports_of(work, request.actor.org)
        country = show_agency(work, request.actor.org).country
    return page(
        request,
        "agencies/own.html",
        licences=[shown_licence(licence, request.now) for licence in held],
        reports=[shown_report(report, request.now, country) for report in reports],
        may_edit=request.actor.may(Permission.LICENCE_EDIT),
    )


def _queue(request: PortalRequest) -> Page:
    with request.work() as work:
        queue = licence_queue(work)
        reports = waiting_reports(work)
    now = request.now

    def shown(found: Sequence[NamedLicence]) -> list[ShownLicence]:
        return [shown_licence(named.licence, now, named.agency_name) for named in found]

    return page(
        request,
        "agencies/queue.html",
        ending=shown(queue.ending),
        waiting=shown(queue.waiting),
        decided=shown(queue.decided),
        reports=[(shown_report(named.report, now, named.country), named.agency_name) for named in reports],
    )


@get("/licences/new", needs=Permission.LICENCE_EDIT)
def new(request: PortalRequest) -> Page:
    """The form of a licence; `?place=` begins it with what that place asks for."""
    place = request.query_params.get("place", "")
    if place in dict(licence_place_choices()) and not request.sent.names():
        asked = _asked(place)[0]
        request.sent.fill({"jurisdiction": place, "regulator": asked.authority, "licence_class": asked.what})
    return _form(request, "/licences/new", None)


@stream_post("/licences/new", needs=Permission.LICENCE_EDIT, again=new)
async def add(request: PortalRequest) -> Page:
    """Record a licence with its document."""
    sent = await sent_document(request)
    made = await to_thread.run_sync(_record, request, sent)
    return redirect(
        request, f"/licences/{made.id}", "The licence is recorded. Our compliance officer checks it now."
    )


def _record(request: PortalRequest, sent: SentFile | None) -> Licence:
    terms = _terms(request.sent)
    if sent is None:
        request.sent.refuse("document", "Choose the licence as PDF or as a picture of it.")
    request.sent.check()

    def save(work: Work, document: StoredDocument | None) -> Licence:
        return record_licence(work, terms, document)

    return attached(request, sent, save)


@get("/licences/{licence_id:uuid}", needs=Permission.DIRECTORY_READ)
def show(request: PortalRequest, licence_id: FromPath[UUID]) -> Page:
    """One licence with what its place asks for, and the officer's decision."""
    with request.work() as work:
        licence = show_licence(work, LicenceId(licence_id))
        document = link_to(request, work, licence.agency, licence.document)
        agency = show_agency(work, licence.agency)
    editable = licence.state in {LicenceState.SUBMITTED, LicenceState.REJECTED}
    mine = request.actor.org == licence.agency
    return page(
        request,
        "agencies/licence.html",
        shown=shown_licence(licence, request.now, agency.name),
        document=document,
        asked=_asked(licence.terms.jurisdiction),
        editable=mine and editable and request.actor.may(Permission.LICENCE_EDIT),
        sees_remark=mine or request.actor.org_kind is OrgKind.OPERATOR,
        decides=request.actor.may(Permission.LICENCE_VERIFY),
        fresh=is_fresh(request),
    )


@get("/licences/{licence_id:uuid}/edit", needs=Permission.LICENCE_EDIT)
def edit(request: PortalRequest, licence_id: FromPath[UUID]) -> Page:
    """The form that corrects a licence which waits or was turned down."""
    with request.work() as work:
        licence = load_own(work, LicenceId(licence_id))
        document = link_to(request, work, licence.agency, licence.document)
    if not request.sent.names():
        _fill(request.sent, licence.terms)
    return _form(request, f"/licences/{licence_id}/edit", licence, document)


@stream_post("/licences/{licence_id:uuid}/edit", needs=Permission.LICENCE_EDIT, again=edit)
async def save(request: PortalRequest, licence_id: FromPath[UUID]) -> Page:
    """Correct a licence; a new document replaces the old one only if one was chosen."""
    sent = await sent_document(request)
    await to_thread.run_sync(_correct, request, LicenceId(licence_id), sent)
    say = "The correction is saved. Our compliance officer checks the licence again."
    return redirect(request, f"/licences/{licence_id}", say)


def _correct(request: PortalRequest, licence_id: LicenceId, sent: SentFile | None) -> Licence:
    terms = _terms(request.sent)
    request.sent.check()

    def save(work: Work, document: StoredDocument | None) -> Licence:
        return correct_licence(work, licence_id, terms, document)

    return attached(request, sent, save)


@get("/licences/{licence_id:uuid}/document", needs=Permission.DIRECTORY_READ)
def document(request: PortalRequest, licence_id: FromPath[UUID]) -> Page:
    """The licence itself as a download, for its agency and the operator."""
    with request.work() as work:
        return download(request, work, show_licence(work, LicenceId(licence_id)).document)


def _form(
    request: PortalRequest, action: str, licence: Licence | None, document: tuple[str, int] | None = None
) -> Page:
    return page(
        request,
        "agencies/licence_form.html",
        action=action,
        licence=licence,
        document=document,
        places=licence_place_choices(),
        scopes=SCOPE_CHOICES,
    )


def _asked(place: str) -> list[Requirement]:
    """What the place asks for consumer and for commercial debts."""
    return [requirement(country_of(place), place, scope) for scope in DebtScope]


def _terms(form: Form) -> LicenceTerms:
    """Read the licence; mistakes are noted in the form."""
    place = form.value("jurisdiction")
    if place not in dict(licence_place_choices()):
        form.refuse("jurisdiction", "Choose the place the licence is for.")
    issued, expires = form.day("issued_on"), form.day("expires_on", required=False)
    if issued and expires and expires < issued:
        form.refuse("expires_on", "The last day lies before the first day. Check both.")
    read = partial(form.text, longest=120)
    return LicenceTerms(
        jurisdiction=place,
        regulator=read("regulator"),
        number=read("number", longest=60),
        licence_class=read("licence_class"),
        scope=form.choice("scope", LicenceScope),
        issued_on=issued or date.min,
        expires_on=expires,
    )


def _fill(form: Form, terms: LicenceTerms) -> None:
    form.fill(
        {
            "jurisdiction": terms.jurisdiction,
            "regulator": terms.regulator,
            "number": terms.number,
            "licence_class": terms.licence_class,
            "scope": terms.scope.value,
            "issued_on": terms.issued_on.isoformat(),
            "expires_on": terms.expires_on.isoformat() if terms.expires_on else "",
        }
    )


ROUTES = (licences, new, add, show, edit, save, document)
