"""The main job in a real browser, from the mailed invitation to the export that a stranger verifies."""

import re
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pyotp
import pytest

from handoff_builders import an_agency
from handoff_portal.audit.actions.keeping import log_key
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.invitations import invite
from handoff_portal.identity.model.organisation import Organisation
from handoff_portal.web.front_door import encode_token
from handoff_portal.web.portal import Portal
from journeys.visiting import Site, Visitor
from people import SignedIn, a_person, an_organisation

PASSWORD = "quiet harbour ginger lantern"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NOW = datetime.now(ZoneInfo("Asia/Singapore"))  # noqa: TID251 - what a person types depends on the day


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def a_mail(number: str, days: int, subject: str, text: str) -> bytes:
    date = days_ago(days).strftime("%a, %d %b %Y %H:%M:%S %z")
    lines = [
        "From: Accounts <accounts@merlion.example>",
        "To: Lim Wei <lim@kopi.example>",
        f"Subject: {subject}",
        f"Date: {date}",
        f"Message-ID: <{number}@merlion.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
    ]
    return "\r\n".join(lines).encode()


def enrol_in_browser(site: Site, portal: Portal, organisation: Organisation, role: Role) -> Visitor:
    """Follow the mailed link: password, authenticator, recovery codes, and in."""
    email = f"kim{uuid4().hex[:8]}@merlion.example"
    with portal.database.worker() as work:
        token = invite(work, organisation.id, email, "Kim Lee", frozenset({role}))
    visitor = site.stranger()
    page = visitor.page
    visitor.open(f"/invitation/{encode_token(token)}")
    assert encode_token(token) not in page.url
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.press("Go on")
    visitor.check()
    secret = re.sub(r"\s", "", page.locator("#qr-secret").inner_text())
    page.locator("#f-code").fill(pyotp.TOTP(secret).now())
    visitor.press("Go on")
    visitor.check()
    visitor.press("Show my codes")
    visitor.check()
    visitor.press("I have stored them, sign me in")
    visitor.check()
    assert "What needs you now" in visitor.text()
    return visitor


def submit_a_case(visitor: Visitor, reference: str) -> str:
    """Five steps and a receipt; gives the case's path."""
    page = visitor.page
    visitor.open("/cases/new")
    visitor.press(re.compile("Begin"))
    path = page.url.removeprefix(visitor.address).partition("/edit/")[0]
    visitor.check()
    page.get_by_label("A company").check()
    for label, value in {
        "name": "Kopi Tiam Pte Ltd",
        "street": "12 Tras Street",
        "city": "Singapore",
    }.items():
        page.locator(f"#f-{label}").fill(value)
    page.locator("#f-country").select_option("SG")
    page.locator("#f-email").fill("lim@kopi.example")
    page.locator("#f-phone").fill("6555 0111")
    visitor.press("Save and continue")
    visitor.check()
    owed = {
        "creditor_reference": reference,
        "claim_1_number": "2026-0041",
        "claim_1_issued_on": f"{days_ago(150):%Y-%m-%d}",
        "claim_1_due_on": f"{days_ago(120):%Y-%m-%d}",
        "claim_1_amount": "4200.00",
        "contract_reference": "AGR-7",
        "relationship": "A customer for nine years. Please be patient.",
    }
    for name, value in owed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("#f-currency").select_option("SGD")
    page.locator("[name=claim_type]").first.select_option("unpaid_invoice")
    page.locator("[name=terms_clear][value=yes]").check()
    page.locator("[name=disputed][value=no]").check()
    visitor.press("Save and continue")
    visitor.check()
    mails = [
        ("m1", 100, "Friendly reminder: invoice 2026-0041", "It may have been overlooked."),
        ("m2", 80, "Second reminder: invoice 2026-0041", "We have not heard from you."),
        (
            "m3",
            40,
            "Final notice",
            "This is the last step before we ask an agency. A solution is still welcome.",
        ),
    ]
    files = [
        {"name": f"{number}.eml", "mimeType": "message/rfc822", "buffer": a_mail(number, days, subject, text)}
        for number, days, subject, text in mails
    ]
    page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    page.locator("#history").get_by_text("This is the last step").first.wait_for()
    page.get_by_role("link", name="Continue").click()
    visitor.check()
    page.locator("[name=kind]").select_option("contract")
    contract = {"name": "contract.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.locator("input[type=file]").set_input_files(contract)  # type: ignore[arg-type]
    page.locator("#documents").get_by_role("link", name="contract.pdf").wait_for()
    page.get_by_role("link", name="Continue").click()
    visitor.check()
    assert "Ready to submit" in visitor.text(), visitor.text()
    visitor.press("Submit the case")
    visitor.check()
    assert "SHA-256" in page.content()
    return path


def work_it(site: Site, agency: SignedIn, path: str) -> Visitor:
    """Accept the offer, log a contact, report the whole amount."""
    visitor = site.signed_in(agency)
    page = visitor.page
    visitor.open("/offers")
    page.locator("main a[href^='/offers/']").first.click()
    visitor.check()
    assert "Kopi Tiam" not in page.content()
    page.locator("summary", has_text="Accept…").click()
    visitor.press("Accept this case")
    visitor.check()
    visitor.open(path)
    assert "Kopi Tiam" not in visitor.text()
    page.locator("#f-channel").select_option("call")
    page.locator("#f-disposition").select_option("HSP")
    page.get_by_label("Kindly").check()
    page.locator("#f-text").fill(
        "Trade is slow since the road works. They ask for time until the end of the month."
    )
    visitor.press("Log this contact")
    visitor.check()
    assert "Contact rests now" in visitor.text()
    visitor.open(f"{path}/payments")
    page.locator("#f-paid_amount").fill("4200.00")
    page.locator("[name=paid_to]").first.check()
    page.locator("#f-paid_method").select_option("bank_transfer")
    visitor.press(re.compile("Report"))
    visitor.check()
    return visitor


@pytest.mark.journey
def test_a_case_goes_to_an_agency_and_back(site: Site, portal: Portal, tmp_path: Path) -> None:
    business = an_organisation(portal, OrgKind.BUSINESS)
    agency = an_agency(portal)
    reference = f"MIS-{uuid4().hex[:6]}"
    owner = enrol_in_browser(site, portal, business, Role.BUSINESS_ADMIN)
    path = submit_a_case(owner, reference)
    case, chosen = path.rpartition("/")[2], agency.actor.org
    owner.open(f"/offers/new?case={case}&agency={chosen}")
    owner.page.locator(f"input[value='{chosen}']").check(force=True)
    owner.page.locator("#f-commission").fill("15")
    owner.press(re.compile("^Offer"))
    owner.check()
    worker = work_it(site, agency, path)
    owner.open(path)
    assert "Trade is slow" in owner.text()
    assert "ardship" in owner.page.content()
    worker.open(f"{path}/close")
    worker.page.get_by_label(re.compile("^Paid")).first.check()
    worker.page.locator("[name=relationship_kept]").first.check()
    worker.press("Close the case")
    owner.open(path)
    assert "closed" in owner.text().lower()
    export_and_verify(site, portal, tmp_path)


def export_and_verify(site: Site, portal: Portal, folder: Path) -> None:
    officer = a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)
    visitor = site.signed_in(officer)
    visitor.open("/audit")
    visitor.page.get_by_role("link", name="Export with proof").click()
    visitor.check()
    visitor.page.get_by_label(re.compile("^External audit")).check()
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("button", name="Export").click()
    bundle = folder / "log.zip"
    waiting.value.save_as(bundle)
    with zipfile.ZipFile(bundle) as opened:
        (folder / "verify.py").write_bytes(opened.read("verify.py"))
    vkey = log_key(portal.vault, portal.settings.log_name).verifier.vkey()
    for command in (
        [sys.executable, "-I", str(folder / "verify.py"), str(bundle), "--vkey", vkey],
        [sys.executable, "-m", "handoff_portal.cli", "audit", "verify", str(bundle), "--vkey", vkey],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
