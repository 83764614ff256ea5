"""A thousand accounts from a file to an agency: asked about, mended, killed on the way, offered, accepted."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from handoff_builders import a_business, an_agency
from handoff_portal.intake.actions.policies import change_policy
from handoff_portal.intake.model.policy import Policy
from handoff_portal.web.portal import Portal
from journeys.visiting import Site, Visitor
from people import SignedIn
from security.papers import PDF

TESTS = Path(__file__).parents[1]
_BEGIN = """
import os, signal, sys, time
from uuid import UUID
from handoff_portal.app import build_portal
from handoff_portal.core.ids import PortfolioId
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_chunk, commit_next, open_order
from handoff_portal.portfolios.actions.storing import store_next
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.settings import read
portal = build_portal(read())
"""
_WORKS = (
    _BEGIN
    + """
while True:
    did = check_next(portal.database, portal.objects, read_files), commit_next(portal.database)
    if not any(did) and not store_next(portal.database, portal.objects):
        time.sleep(0.2)
"""
)
_DIES = (
    _BEGIN
    + """
commit_chunk(portal.database, open_order(portal.database, PortfolioId(UUID(sys.argv[1]))))
os.kill(os.getpid(), signal.SIGKILL)
"""
)
LENIENT = Policy(
    min_amounts={}, min_reminders=0, notice_wording=False, needs_contract=False, checks=frozenset()
)
HEADERS = (
    "Kundenkonto,debtor_type,Zahlpflichtiger,email,phone,address,city,country,invoice_number,"
    "invoice_date,due_date,currency,principal,reminders_sent,final_notice_date,final_notice_channel"
)
WRONG = {17: "to follow", 170: "n/a", 400: "see attached", 640: "=1+2", 900: "unknown"}
ACCOUNTS = 1_000


def a_lenient_business(portal: Portal) -> SignedIn:
    """A business that escalates whatever is overdue."""
    business = a_business(portal)
    with portal.database.work(business.actor) as work:
        change_policy(work, LENIENT)
    return business


def a_table() -> bytes:
    """Accounts with headers of nobody's program, dates that could be two days, and five wrong amounts."""
    rows = [HEADERS]
    for n in range(1, ACCOUNTS + 1):
        day = f"{n % 12 + 1:02d}/{n % 3 + 2:02d}/2026"
        amount = WRONG.get(n, f"{100 + n}.50")
        rows.append(
            f"PF-{n:05d},company,Kopi {n} Pte Ltd,a{n}@kopi.example,+6567{n:06d},{n} Tras Street,"
            f"Singapore,SG,I-{n},{day},{day},SGD,{amount},2,01/06/2026,letter"
        )
    return "\r\n".join(rows).encode()


def a_process(environment: dict[str, str], script: str, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *words], env={**os.environ, **environment, "PYTHONPATH": str(TESTS)}
    )


@contextmanager
def working(environment: dict[str, str]) -> Iterator[None]:
    """The worker's part, in a process of its own, until the block ends."""
    worker = a_process(environment, _WORKS)
    try:
        yield
    finally:
        worker.kill()
        worker.wait()


def an_archive() -> bytes:
    """Two papers that name their account, and one that does not."""
    octets = BytesIO()
    with ZipFile(octets, "w") as made:
        made.writestr("PF-00001/contract.pdf", PDF)
        made.writestr("papers/I-2.pdf", PDF + b"%2")
        made.writestr("scan 0815.pdf", PDF + b"%3")
    return octets.getvalue()


def upload(visitor: Visitor, *files: tuple[str, bytes]) -> None:
    """Choose files and wait until they stand in the list."""
    visitor.page.goto(visitor.address + "/portfolios")
    visitor.press("Upload a portfolio")
    chosen = [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files]
    visitor.page.locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
    visitor.page.get_by_role("heading", name="2. Your own sums").wait_for()


def comes(visitor: Visitor, heading: str) -> None:
    """Wait until the page, which asks by itself, has moved on."""
    visitor.page.get_by_role("heading", name=heading, level=1).wait_for(timeout=30_000)


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_a_thousand_accounts_are_asked_about_mended_committed_offered_and_accepted(
    site: Site, portal: Portal, environment: dict[str, str]
) -> None:
    visitor = site.signed_in(a_lenient_business(portal))
    page = visitor.page
    with working(environment):
        upload(visitor, ("accounts.csv", a_table()), ("papers.zip", an_archive()))
        answer(visitor)
        visitor.check()
        assert "995" in visitor.text()
        page.get_by_role("link", name="See all problems").click()
        assert "see attached" in visitor.text()
        page.go_back()
        with page.expect_download() as found:
            page.get_by_role("link", name="Download these 5 rows").click()
        mended = mend(found.value.path().read_text(encoding="utf-8-sig"))
        first = page.url
        page.get_by_role("link", name="Assign 1 file").click()
        page.get_by_label("Select scan 0815.pdf").check()
        page.get_by_label("Account they belong to").fill("PF-00003")
        visitor.check()
        visitor.press("Assign the ticked files")
        upload(visitor, ("mended.csv", mended.encode()))
        visitor.press("Check this portfolio")
        page.get_by_label("The day: 31/12/2026").check(timeout=30_000)
        visitor.press("Check with these answers")
        comes(visitor, "What would happen")
        visitor.press("Make 5 cases")
        comes(visitor, "The portfolio is done")
    page.goto(first)
    visitor.press("Make 995 cases")
    a_process(environment, _DIES, first.rsplit("/", 1)[-1]).wait()
    page.reload()
    visitor.check()
    assert "500 of 995" in visitor.text()
    with working(environment):
        comes(visitor, "The portfolio is done")
    assert "Offer these 995" in visitor.text()
    assert re.search(r"Stored\s+3", visitor.text())
    visitor.check()
    accept(site, visitor, an_agency(portal), an_agency(portal))


def answer(visitor: Visitor) -> None:
    """Say how many rows there are, then what the portal asks about the file."""
    page = visitor.page
    page.get_by_label("Rows with data").fill(str(ACCOUNTS))
    visitor.press("Check this portfolio")
    comes(visitor, "Which column is which?")
    page.get_by_label("The day: 31/12/2026").check()
    page.get_by_label("Zahlpflichtiger is taken for").select_option("debtor_name")
    page.get_by_label("Kundenkonto is taken for").select_option("creditor_reference")
    visitor.press("Check with these answers")
    comes(visitor, "What would happen")


def mend(text: str) -> str:
    """The five rows with amounts, as somebody types them over."""
    assert len(text.splitlines()) == 1 + len(WRONG)
    for wrong in WRONG.values():
        text = text.replace(f"'{wrong}" if wrong.startswith("=") else wrong, "77.50")
    return text


def accept(site: Site, visitor: Visitor, first: SignedIn, second: SignedIn) -> None:
    """Offer everything to two agencies, four tenths to the first, which accepts them at once."""
    page = visitor.page
    page.goto(visitor.address + "/cases?state=ready")
    page.get_by_role("link", name="Offer these 1,000").click()
    ticked = page.locator("input[name=agency]:checked")
    while ticked.count():
        ticked.first.uncheck()
    for one in (first, second):
        box = page.locator(f"input[name=agency][value='{one.actor.org}']")
        if not box.count():
            page.locator("#f-q_agency").fill(one.actor.org_name)
            visitor.press("Find")
        box.check()
    page.get_by_label("A share for each agency").check()
    visitor.press("See who gets what")
    for one, part in ((first, "40"), (second, "60")):
        page.locator(f"#f-part_{one.actor.org.hex}").fill(part)
    visitor.press("See who gets what")
    page.get_by_label("Commission", exact=True).fill("12.5")
    visitor.press("Offer 1,000 cases to 2 agencies")
    page.get_by_role("heading", name="Offers", level=1).wait_for()
    agency = site.signed_in(first)
    agency.page.goto(agency.address + "/offers/accept")
    agency.press(re.compile("^Accept 400 cases"))
    agency.check()
    assert "are yours now" in agency.text()
