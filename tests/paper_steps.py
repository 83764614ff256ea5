"""Portfolios with papers for tests: a table, archives beside it, and the worker's rounds."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from handoff_portal.cases.actions import cases
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.history import list_history
from handoff_portal.contacts.model.communications import Communication
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.documents.actions.papers import list_documents
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.documents.model import Document
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.deciding import approve
from handoff_portal.portfolios.actions.papers import list_papers
from handoff_portal.portfolios.actions.storing import store_next
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.portfolios.actions.uploading import receive_bytes, send_portfolio, start_portfolio
from handoff_portal.portfolios.model.papers import Paper, PaperState
from handoff_portal.portfolios.model.portfolio import Portfolio
from handoff_portal.web.portal import Portal
from portfolio_steps import REASON, shown

HEAD = (
    "creditor_reference,debtor_reference,debtor_type,debtor_name,email,phone,address,city,country,"
    "invoice_number,invoice_date,due_date,currency,principal,contract_reference\n"
)
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\n"


def a_table(numbers: Iterable[int]) -> bytes:
    """Accounts R-001, R-002 and so on of customers K-1, K-2 with the invoices INV-1001, INV-1002."""
    rows = (
        f"R-{n:03d},K-{n},company,Kopi {n},a{n}@kopi.example,+6567000001,1 Tras Street,Singapore,SG,"
        f"INV-{1000 + n},2026-03-04,2026-04-03,SGD,120.50,C-{n}\n"
        for n in numbers
    )
    return (HEAD + "".join(rows)).encode()


def a_zip(files: Mapping[str, bytes]) -> bytes:
    """An archive with these files."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()


def a_mail(subject: str, to: str, days: int = 60, attached: bytes = b"", text: str = "") -> bytes:
    """A mail of the business that was sent so many days ago."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "accounts@merlion.example", to, subject
    mail["Date"] = format_datetime(datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=days))
    mail.set_content(text or "Dear customer, please pay, or tell us what is in the way.\n")
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="pdf", filename="copy.pdf")
    return mail.as_bytes()


def a_mailbox(mails: Iterable[bytes]) -> bytes:
    """Mails in one file (RFC 4155)."""
    return b"".join(b"From a@b Thu Jan  1 00:00:00 2026\n" + mail + b"\n\n" for mail in mails)


def sent_with(portal: Portal, actor: Actor, files: Mapping[str, bytes]) -> PortfolioId:
    """An upload that was looked through."""
    with portal.database.work(actor) as work:
        made = start_portfolio(work)
    places = Places(portal.database, portal.objects, 1 << 30)
    for name, octets in files.items():
        pieces = (octets[at : at + 65_536] for at in range(0, len(octets), 65_536))
        receive_bytes(places, actor, made, name, pieces)
    with portal.database.work(actor) as work:
        send_portfolio(work, made)
    while check_next(portal.database, portal.objects, read_files):
        pass
    return made


def finished(portal: Portal, actor: Actor, portfolio: PortfolioId) -> Portfolio:
    """The same after it was approved and everything went to its case."""
    with portal.database.work(actor) as work:
        approve(work, portfolio, REASON)
    work_off(portal)
    return shown(portal, actor, portfolio)


def work_off(portal: Portal) -> None:
    """What the worker does until nothing waits."""
    while commit_next(portal.database) or store_next(portal.database, portal.objects):
        pass


def papers_of(portal: Portal, actor: Actor, portfolio: PortfolioId) -> dict[str, Paper]:
    """Papers by path; mails of a mailbox by their own name."""
    with portal.database.work(actor) as work:
        listed = list_papers(work, portfolio)
    return {(one.name if one.part else one.path): one for one in listed.papers}


def states_of(portal: Portal, actor: Actor, portfolio: PortfolioId) -> dict[str, PaperState]:
    """The same with their states only."""
    return {name: one.state for name, one in papers_of(portal, actor, portfolio).items()}


def in_case(portal: Portal, actor: Actor, reference: str) -> tuple[list[Document], list[Communication]]:
    """Papers and history of the case with this reference."""
    with portal.database.work(actor) as work:
        (line,) = list_cases(work, Wanted(search=reference)).lines
        case = cases.load_case(work, line.case.id)
        key = cases.open_key(work, case)
        return list_documents(work, case, key), list_history(work, case, key)
