"""Assurance reports: recording one, reading one, and the officer's decision."""

from datetime import date
from uuid import UUID

from anyio import to_thread
from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.assurances import (
    correct_assurance,
    decide_assurance,
    load_own,
    record_assurance,
    show_assurance,
)
from handoff_portal.agencies.actions.directory import show_agency
from handoff_portal.agencies.model.assurance import Assurance, AssuranceState, AssuranceTerms, Scheme
from handoff_portal.agencies.model.profile import StoredDocument
from handoff_portal.agencies.pages.filing import attached, download, is_fresh, link_to, sent_document
from handoff_portal.agencies.pages.shown import shown_report
from handoff_portal.core.ids import AssuranceId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.web.forms import Form
from handoff_portal.web.multipart import SentFile
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post, stream_post

SCHEME_CHOICES = (
    (Scheme.OSPAR.value, "OSPAR", "Outsourced Service Provider's Audit Report, for banks in Singapore."),
    (Scheme.ISO27001.value, "ISO/IEC 27001", "Certificate of an information security management system."),
    (Scheme.SOC2.value, "SOC 2", "Report on controls for security, availability and confidentiality."),
)
_DONE = {
    AssuranceState.VERIFIED: "The report is verified and shown in the profile of the agency.",
    AssuranceState.REJECTED: "The report is turned down. The agency sees your reason and can correct it.",
}


@get("/licences/reports/new", needs=Permission.LICENCE_EDIT)
def new(request: PortalRequest) -> Page:
    """The form of a report."""
    return _form(request, "/licences/reports/new", None)


@stream_post("/licences/reports/new", needs=Permission.LICENCE_EDIT, again=new)
async def add(request: PortalRequest) -> Page:
    """Record a report with its document."""
    sent = await sent_document(request)
    made = await to_thread.run_sync(_record, request, sent)
    say = "The report is recorded. Our compliance officer reads it now."
    return redirect(request, f"/licences/reports/{made.id}", say)


def _record(request: PortalRequest, sent: SentFile | None) -> Assurance:
    terms = _terms(request.sent)
    if sent is None:
        request.sent.refuse("document", "Choose the report as PDF.")
    request.sent.check()

    def save(work: Work, document: StoredDocument | None) -> Assurance:
        return record_assurance(work, terms, document)

    return attached(request, sent, save)


@get("/licences/reports/{report_id:uuid}", needs=Permission.DIRECTORY_READ)
def show(request: PortalRequest, report_id: FromPath[UUID]) -> Page:
    """One report, and the officer's decision."""
    with request.work() as work:
        report = show_assurance(work, AssuranceId(report_id))
        document = link_to(request, work, report.agency, report.document)
        agency = show_agency(work, report.agency)
    mine = request.actor.org == report.agency
    return page(
        request,
        "agencies/report.html",
        shown=shown_report(report, request.now, agency.country),
        agency_name=agency.name,
        document=document,
        editable=mine
        and report.state is not AssuranceState.VERIFIED
        and request.actor.may(Permission.LICENCE_EDIT),
        sees_remark=mine or request.actor.org_kind is OrgKind.OPERATOR,
        decides=request.actor.may(Permission.LICENCE_VERIFY) and report.state is AssuranceState.RECORDED,
        fresh=is_fresh(request),
    )


@get("/licences/reports/{report_id:uuid}/edit", needs=Permission.LICENCE_EDIT)
def edit(request: PortalRequest, report_id: FromPath[UUID]) -> Page:
    """The form that corrects a report which waits or was turned down."""
    with request.work() as work:
        report = load_own(work, AssuranceId(report_id))
        document = link_to(request, work, report.agency, report.document)
    if not request.sent.names():
        _fill(request.sent, report.terms)
    return _form(request, f"/licences/reports/{report_id}/edit", report, document)


@stream_post("/licences/reports/{report_id:uuid}/edit", needs=Permission.LICENCE_EDIT, again=edit)
async def save(request: PortalRequest, report_id: FromPath[UUID]) -> Page:
    """Correct a report; a new document replaces the old one only if one was chosen."""
    sent = await sent_document(request)
    await to_thread.run_sync(_correct, request, AssuranceId(report_id), sent)
    say = "The correction is saved. Our compliance officer reads the report again."
    return redirect(request, f"/licences/reports/{report_id}", say)


def _correct(request: PortalRequest, report_id: AssuranceId, sent: SentFile | None) -> Assurance:
    terms = _terms(request.sent)
    request.sent.check()

    def save(work: Work, document: StoredDocument | None) -> Assurance:
        return correct_assurance(work, report_id, terms, document)

    return attached(request, sent, save)


@get("/licences/reports/{report_id:uuid}/document", needs=Permission.DIRECTORY_READ)
def document(request: PortalRequest, report_id: FromPath[UUID]) -> Page:
    """The report itself as a download, for its agency and the operator."""
    with request.work() as work:
        return download(request, work, show_assurance(work, AssuranceId(report_id)).document)


@post("/licences/reports/{report_id:uuid}/decision", needs=Permission.LICENCE_VERIFY, again=show)
def decide(request: PortalRequest, report_id: FromPath[UUID]) -> Page:
    """Verify or turn down."""
    form = request.sent
    decision = form.choice("decision", AssuranceState)
    remark = form.text("remark", required=decision is not AssuranceState.VERIFIED, longest=1000)
    form.check()
    with request.work() as work:
        decide_assurance(work, AssuranceId(report_id), decision, remark=remark)
    return redirect(request, f"/licences/reports/{report_id}", _DONE.get(decision, ""))


def _form(
    request: PortalRequest, action: str, report: Assurance | None, document: tuple[str, int] | None = None
) -> Page:
    return page(
        request,
        "agencies/report_form.html",
        action=action,
        report=report,
        document=document,
        schemes=SCHEME_CHOICES,
    )


def _terms(form: Form) -> AssuranceTerms:
    """Read the report; mistakes are noted in the form."""
    begins, ends = form.day("period_from"), form.day("period_to")
    due = form.day("next_due")
    if begins and ends and ends < begins:
        form.refuse("period_to", "The last day lies before the first day. Check both.")
    if ends and due and due < ends:
        form.refuse("next_due", "The next report is due after the end of this one.")
    return AssuranceTerms(
        scheme=form.choice("scheme", Scheme),
        version=form.text("version", longest=40),
        auditor=form.text("auditor", longest=120),
        period_from=begins or date.min,
        period_to=ends or date.min,
        scope=form.text("scope", longest=1000),
        exceptions=form.text("exceptions", required=False, longest=2000),
        next_due=due or date.min,
    )


def _fill(form: Form, terms: AssuranceTerms) -> None:
    form.fill(
        {
            "scheme": terms.scheme.value,
            "version": terms.version,
            "auditor": terms.auditor,
            "period_from": terms.period_from.isoformat(),
            "period_to": terms.period_to.isoformat(),
            "scope": terms.scope,
            "exceptions": terms.exceptions,
            "next_due": terms.next_due.isoformat(),
        }
    )


ROUTES = (new, add, show, edit, save, document, decide)
