"""A business writes down a case in the browser, from nothing to the receipt, with real mails and papers."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from handoff_portal.core.permissions import OrgKind
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from intake.drafts import CUSTOMER, Fields, a_draft, owed
from journeys.visiting import Site, Visitor
from people import a_person, an_organisation


def account_folder() -> "tuple[str, dict[str, Any]]":
    """The first sample account that has a long history."""
    for path in sorted((ROOT / "samples").glob("merlion-supply/*/account.json")):
        values = json.loads(path.read_text(encoding="utf-8"))
        if len(values["mail"]) >= 4:
            return str(path.parent), values
    raise LookupError("no account has four mails")


def fill(page: Page, fields: Fields) -> None:
    """Type into every field that is there, as its kind asks."""
    for name, (value, *_) in fields.items():
        field = page.locator(f"[name='{name}']").first
        if field.count() == 0 or field.get_attribute("type") == "hidden":
            continue
        if field.get_attribute("type") == "radio":
            page.locator(f"[name='{name}'][value='{value}']").check()
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def go_on(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name=name).last.click()
    visitor.check()


@pytest.mark.journey
def test_a_business_submits_a_case_and_gets_its_receipt(site: Site, portal: Portal) -> None:
    folder, values = account_folder()
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS, "Merlion Industrial Supply"))
    visitor = site.signed_in(business)
    page = visitor.page
    visitor.open("/cases/new")
    visitor.press("Begin the case")
    visitor.check()
    fill(page, CUSTOMER | {"email": [str(values["email"])]})
    expect(page.locator("[data-autosave-status]")).to_have_text(re.compile("Saved"))
    visitor.page.reload()
    assert page.locator("#f-name").input_value() == CUSTOMER["name"][0]
    go_on(visitor, "Save and continue")
    assert page.url.endswith("/edit/owed")
    page.get_by_role("button", name="Add another row").click()
    page.get_by_role("button", name="Add another row").click()
    fill(page, owed(str(values["creditor_reference"])))
    go_on(visitor, "Save and continue")
    mails = [f"{folder}/{name}" for name in values["mail"]]
    page.locator("#f-file").set_input_files(mails)
    expect(page.locator(".hp-file-good")).to_have_count(len(mails))
    expect(page.locator("#history .hp-entry")).to_have_count(len(mails))
    visitor.open(page.url.removeprefix(visitor.address).partition("#")[0])
    page.locator("summary", has_text="Correct").first.click()
    visitor.check()
    page.get_by_role("link", name="Continue").click()
    visitor.check()
    papers = values["documents"]
    for paper in papers:
        page.locator("#f-kind").select_option(paper["kind"])
        page.locator("#f-file").set_input_files(f"{folder}/{paper['file']}")
        expect(page.locator("#documents")).to_contain_text(paper["file"].rpartition("/")[2])
    visitor.open(page.url.removeprefix(visitor.address))
    page.get_by_role("link", name="Continue").click()
    visitor.check()
    for reason in (
        "We agreed this by telephone.",
        "They moved to another address.",
        "The owner asked for it.",
    ):
        if page.get_by_role("button", name="Submit the case").count():
            break
        page.locator("#f-rule").select_option(index=1)
        page.locator("#f-reason").fill(reason)
        visitor.press("Note the exception")
        visitor.check()
    visitor.press("Submit the case")
    visitor.check()
    assert "Receipt for HP-" in visitor.text()
    with page.expect_download() as found:
        page.get_by_role("link", name="Download").click()
    visitor.open("/receipts/check")
    page.locator("#f-receipt").set_input_files(found.value.path())
    visitor.press("Check the receipt")
    visitor.check()
    assert "This receipt is genuine" in visitor.text()


@pytest.mark.journey
def test_gaps_are_marked_and_lead_to_the_very_field(site: Site, portal: Portal) -> None:
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    case = a_draft(portal, business.actor)
    visitor = site.signed_in(business)
    page = visitor.page
    for step in ("customer", "owed", "said", "documents", "ready"):
        visitor.open(f"/cases/{case.id}/edit/{step}?empty=1")
    visitor.open(f"/cases/{case.id}/edit/customer")
    page.locator("#f-phone").fill("banana")
    go_on(visitor, "Save and continue")
    page.get_by_role("link", name="Customer").click()
    visitor.check()
    assert "“banana” is not a telephone number" in visitor.text()
    visitor.open(f"/cases/{case.id}/edit/ready?gaps=1")
    page.locator(".hp-check-link").first.click()
    expect(page.locator("#f-debtor_type")).to_be_in_viewport()
    visitor.open("/policy")
    visitor.open("/receipts/check?first=1")
