from dataclasses import replace

from sqlalchemy import text

from handoff_builders import an_agency, an_offer
from handoff_portal.cases.actions.cases import load_case
from handoff_portal.handoffs.actions.handoffs import accept
from handoff_portal.intake.actions.policies import change_policy
from handoff_portal.intake.actions.readiness import override
from handoff_portal.intake.actions.submitting import submit
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.rules import Rule
from handoff_portal.web.portal import Portal
from intake.drafts import a_ready_draft
from intake.test_pages import Browser, a_business, seen, sign_in

WHOLE = {
    "whole": "yes",
    "min_days_overdue": "30",
    "min_reminders": "2",
    "reminder_spacing_days": "7",
    "notice_channels": ["email", "letter"],
    "notice_wording": "yes",
    "final_notice_days": "14",
    "needs_contract": "yes",
    "checks": ["clear", "clause"],
    "limitation": "yes",
}


def test_a_change_is_looked_at_before_it_is_saved(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    draft = a_ready_draft(portal, business.actor, "INV-LOOK-1")
    fields = {**WHOLE, "needs_personal": "yes", "csrf_token": token}
    looked = client.post("/policy", data={**fields, "go": "look"})
    words = seen(looked.text)
    assert "What would change today" in words, words
    assert "Would not pass" in words
    assert str(draft) in looked.text
    assert "The usual policy" in seen(client.get("/policy").text)
    saved = client.post("/policy", data=fields)
    assert "version 1" in seen(saved.text)


def test_a_very_strict_policy_warns_before_it_is_saved(client: Browser, portal: Portal) -> None:
    _, token = a_business(client, portal)
    fields = {**WHOLE, "min_days_overdue": "400", "csrf_token": token}
    warned = client.post("/policy", data=fields)
    assert "This is strict" in seen(warned.text)
    assert "The usual policy" in seen(client.get("/policy").text)
    saved = client.post("/policy", data={**fields, "sure": "yes"})
    assert "version 1" in seen(saved.text)


def test_mistakes_in_a_policy_stand_at_their_fields(client: Browser, portal: Portal) -> None:
    _, token = a_business(client, portal)
    fields = {**WHOLE, "notice_channels": [], "band_1_least": "500", "band_1_papers": ["invoice"]}
    wrong = client.post("/policy", data={**fields, "csrf_token": token})
    assert wrong.status_code == 422
    assert "Tick at least one way" in seen(wrong.text)
    assert "Choose the currency of this amount" in seen(wrong.text)


def test_evidence_is_asked_for_by_amount_and_kind_of_customer(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    band = {
        "band_1_who": "company",
        "band_1_least": "1,000.00",
        "band_1_currency": "SGD",
        "band_1_papers": ["invoice", "proof_of_delivery"],
    }
    client.post("/policy", data={**WHOLE, **band, "csrf_token": token})
    page = client.get("/policy").text
    assert 'name="band_2_papers"' in page
    draft = a_ready_draft(portal, business.actor, "INV-BAND-1")
    ready = seen(client.get(f"/cases/{draft}/edit/ready").text)
    assert "Still to add: invoice, proof of delivery." in ready
    assert "Version 1 of your escalation policy" in ready


def test_a_tick_stands_for_a_notice_that_is_only_a_document(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    draft = a_ready_draft(portal, business.actor, "INV-TICK-1", notice="Please pay.")
    edit = f"/cases/{draft}/edit"
    assert "We did not find both in its text" in seen(client.get(f"{edit}/ready").text)
    client.post(f"{edit}/documents", data={"csrf_token": token, "notice_declared": "yes", "go": "stay"})
    assert "Somebody read it and noted that it does" in seen(client.get(f"{edit}/ready").text)


def test_both_sides_see_how_a_case_was_judged(client: Browser, portal: Portal) -> None:
    business, _ = a_business(client, portal)
    draft = a_ready_draft(portal, business.actor, "INV-JUDGED-1")
    with portal.database.work(business.actor) as work:
        change_policy(work, replace(Policy(), needs_personal=True))
        override(work, draft, Rule.PERSONAL, "Kopi Tiam Holdings Pte Ltd wants letters only.")
        submit(work, draft)
        case = load_case(work, draft)
    own = seen(client.get(f"/cases/{draft}").text)
    assert "Judged by version 1 of your escalation policy" in own
    assert "No dispute is open." in own
    agency = an_agency(portal)
    offer = an_offer(portal, business, agency, case)
    with portal.database.work(agency.actor) as work:
        accept(work, offer.id)
    client.cookies.clear()
    sign_in(client, portal, agency)
    theirs = seen(client.get(f"/cases/{draft}").text)
    assert "The business checked this case against version 1 of its escalation policy" in theirs
    assert "Exception: Somebody spoke with the customer in person." in theirs
    assert "wants letters only" in theirs
    assert "Kopi Tiam Holdings" not in theirs


def test_an_agency_that_holds_no_case_of_it_reads_no_judgement(client: Browser, portal: Portal) -> None:
    business, _ = a_business(client, portal)
    draft = a_ready_draft(portal, business.actor, "INV-JUDGED-2")
    with portal.database.work(business.actor) as work:
        submit(work, draft)
    with portal.database.work(an_agency(portal).actor) as work:
        assert work.read(text("select count(*) from judgement")).scalar_one() == 0
    with portal.database.work(business.actor) as work:
        assert work.read(text("select count(*) from judgement")).scalar_one() == 1
