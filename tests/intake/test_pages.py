import json
import re
from datetime import timedelta
from html import unescape
from uuid import UUID

from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal
from intake.drafts import CUSTOMER, a_draft, a_ready_draft, entry, owed
from people import SignedIn, a_person, an_organisation, people

Browser = TestClient[Litestar]
MAIL = (
    b"From: Hannah Whitworth <hannah@merlion.example>\r\nTo: Lim Wei Ling <accounts@kopi.example>\r\n"
    b"Date: Mon, 3 Aug 2026 09:30:00 +0800\r\nSubject: First reminder: INV-2026-0412\r\n\r\n"
    b"Dear Lim, please look.\r\n"
)


def sign_in(client: Browser, portal: Portal, person: SignedIn) -> str:
    client.cookies.update(person.cookie)
    return token_for(portal.vault.system_key(SystemKey.COOKIE), person.actor.session_hash)


def a_business(client: Browser, portal: Portal) -> tuple[SignedIn, str]:
    (business,) = people(portal, [OrgKind.BUSINESS])
    return business, sign_in(client, portal, business)


def seen(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def test_a_case_goes_from_nothing_to_a_receipt_without_javascript(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    today = portal.database.clock().date()
    assert "What you need" in client.get("/cases/new").text
    began = client.post("/cases/new", data={"csrf_token": token}, follow_redirects=False)
    edit = began.headers["Location"].rpartition("/")[0]
    case_path = edit.removesuffix("/edit")
    step = client.post(f"{edit}/customer", data={**CUSTOMER, "csrf_token": token, "go": "next"})
    assert step.url.path == f"{edit}/owed"
    due = today - timedelta(days=120)
    client.post(f"{edit}/owed", data={**owed(due=due), "csrf_token": token, "go": "next"})
    for stage, days in (("reminder_1", 90), ("reminder_2", 70), ("final_notice", 40)):
        fields = entry(stage, today - timedelta(days=days))
        added = client.post(f"{case_path}/history/entries", data={**fields, "csrf_token": token})
        assert added.status_code == 200, seen(added.text)
    client.post(
        f"{case_path}/documents",
        data={"csrf_token": token, "kind": "contract"},
        files=[("file", ("contract.pdf", b"%PDF-1.7\nterms"))],
    )
    ready = client.get(f"{edit}/ready")
    assert "Ready to submit" in seen(ready.text), seen(ready.text)
    receipt = client.post(f"{case_path}/submit", data={"csrf_token": token})
    assert receipt.url.path == f"{case_path}/receipt"
    assert "Signature" in seen(receipt.text)
    with portal.database.work(business.actor) as work:
        case = cases.load_case(work, CaseId(UUID(edit.split("/")[2])))
        assert (case.state, case.turn, case.balance.total) == (CaseState.READY, Turn.BUSINESS, 461_000)
        assert (case.country, case.time_zone, case.currency) == ("SG", "Asia/Singapore", "SGD")
        customer = cases.read_customer(work, case, cases.open_key(work, case))
    assert customer is not None
    assert customer.phones == ("+6561234567",)


def test_saving_goes_on_with_gaps_and_marks_them(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_draft(portal, business.actor)
    path = f"/cases/{case.id}/edit/customer"
    assert "Please fill this in" not in client.get(path).text
    saved = client.post(
        path, data={"csrf_token": token, "go": "next", "name": "Söhne & Co", "phone": "banana"}
    )
    assert saved.url.path.endswith("/edit/owed")
    assert "still to do under “Customer”" in seen(saved.text)
    again = client.get(path).text
    assert "Söhne &amp; Co" in again
    assert "“banana” is not a telephone number" in seen(again)
    assert "needs attention" in seen(saved.text)


def test_what_is_typed_is_saved_as_one_types_and_is_there_on_return(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_draft(portal, business.actor)
    path = f"/cases/{case.id}/edit/owed"
    answer = client.post(
        path,
        data={"claim_1_number": "INV-9", "currency": "GBP", "interest": "abc"},
        headers={"X-Autosave": "1", "X-CSRF-Token": token},
    )
    assert answer.status_code == 200
    assert "saved" in answer.json()
    back = client.get(path).text
    assert 'value="INV-9"' in back
    assert 'value="abc"' in back
    assert "is not an amount" not in back


def test_rows_are_added_and_removed_without_losing_the_others(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_draft(portal, business.actor)
    path = f"/cases/{case.id}/edit/owed"
    added = client.post(path, data={**owed(), "csrf_token": token, "go": "add"})
    assert "Row 4" in added.text
    removed = client.post(path, data={**owed(), "claims": "4", "csrf_token": token, "go": "drop-2"})
    assert "INV-2026-0447" not in removed.text
    assert "CN-2026-0031" in removed.text
    assert "Row 4" not in removed.text


def test_a_refused_entry_of_the_history_keeps_every_word(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_draft(portal, business.actor)
    path = f"/cases/{case.id}/history/entries"
    answer = client.post(path, data={"csrf_token": token, "channel": "call", "text": "She said „bald“."})
    assert answer.status_code == 422
    assert "She said „bald“." in answer.text
    assert "Please fill this in." in answer.text


def test_mails_sent_in_one_form_become_one_timeline(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_draft(portal, business.actor)
    client.post(f"/cases/{case.id}/edit/customer", data={**CUSTOMER, "csrf_token": token, "go": "next"})
    answer = client.post(
        f"/cases/{case.id}/history/mails",
        data={"csrf_token": token},
        files=[("file", ("one.eml", MAIL)), ("file", ("noise.eml", b"\x00\x01 this is no mail"))],
    )
    page = seen(answer.text)
    assert "1 message added to the history" in page
    assert "First reminder: INV-2026-0412" in page
    assert "Reminder 1" in page
    assert "Kept as documents because they could not be read" in page
    assert "noise.eml" in page


def test_a_guess_can_be_corrected_on_the_page(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_draft(portal, business.actor)
    said = f"/cases/{case.id}/history"
    headers = {"X-CSRF-Token": token, "X-File-Name": "one.eml", "Content-Type": "application/octet-stream"}
    assert client.post(f"{said}/mails", content=MAIL, headers=headers).status_code == 201
    page = client.get(said).text
    found = re.search(r"/entries/([0-9a-f-]{36})/correct", page)
    assert found is not None
    fields = {"direction": "out", "stage": "final_notice", "occurred_at": "2026-08-04T10:00"}
    corrected = client.post(f"{said}/entries/{found[1]}/correct", data={**fields, "csrf_token": token})
    assert "Final notice" in seen(corrected.text)
    assert "4 Aug 2026, 10:00 SGT" in seen(corrected.text)
    again = re.search(r"/entries/([0-9a-f-]{36})/remove", corrected.text)
    assert again is not None
    gone = client.post(f"{said}/entries/{again[1]}/remove", data={"csrf_token": token})
    assert "Nothing said yet" in seen(gone.text)


def test_an_exception_needs_a_reason_and_shows_who_made_it(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_ready_draft(portal, business.actor)
    edit = f"/cases/{case}/edit"
    client.post(
        f"{edit}/owed",
        data={
            **owed(disputed="yes", dispute_note="They say one crate broke."),
            "csrf_token": token,
            "go": "next",
        },
    )
    assert client.post(f"/cases/{case}/submit", data={"csrf_token": token}).status_code == 409
    short = client.post(
        f"/cases/{case}/readiness/override", data={"csrf_token": token, "rule": "dispute", "reason": "ok"}
    )
    assert short.status_code == 422
    reason = "They confirmed in writing that the rest is not disputed."
    done = client.post(
        f"/cases/{case}/readiness/override", data={"csrf_token": token, "rule": "dispute", "reason": reason}
    )
    assert f"Exception by {business.actor.name}: {reason}" in seen(done.text)
    assert "Ready to submit" in seen(done.text)
    back = client.post(f"/cases/{case}/readiness/withdraw", data={"csrf_token": token, "rule": "dispute"})
    assert "Ready to submit" not in seen(back.text)


def test_a_member_may_submit_but_make_no_exception(client: Browser, portal: Portal) -> None:
    organisation = an_organisation(portal, OrgKind.BUSINESS)
    member = a_person(portal, organisation, Role.BUSINESS_MEMBER)
    token = sign_in(client, portal, member)
    case = a_ready_draft(portal, member.actor)
    fields = {"csrf_token": token, "rule": "dispute", "reason": "because I want to"}
    assert client.post(f"/cases/{case}/readiness/override", data=fields).status_code == 403
    assert client.get("/policy").status_code == 200
    assert client.post("/policy", data={"csrf_token": token}).status_code == 403
    assert client.post(f"/cases/{case}/submit", data={"csrf_token": token}).status_code == 200


def test_a_downloaded_receipt_is_checked_by_file_and_by_text(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    case = a_ready_draft(portal, business.actor)
    client.post(f"/cases/{case}/submit", data={"csrf_token": token})
    receipt = client.get(f"/cases/{case}/receipt.json")
    assert "Kopi" not in receipt.text
    by_file = client.post(
        "/receipts/check", data={"csrf_token": token}, files={"receipt": ("r.json", receipt.content)}
    )
    assert "This receipt is genuine" in seen(by_file.text)
    changed = json.loads(receipt.text)
    changed["receipt"]["documents"][0]["size"] += 1
    by_text = client.post(
        "/receipts/check",
        data={"csrf_token": token, "text": json.dumps(changed)},
        files={"receipt": ("", b"")},
    )
    assert "This receipt is not genuine" in seen(by_text.text)
    assert "Document 1 is not as it was submitted." in seen(by_text.text)
    nonsense = client.post(
        "/receipts/check", data={"csrf_token": token, "text": "{}"}, files={"receipt": ("", b"")}
    )
    assert nonsense.status_code == 422


def test_a_discarded_draft_is_gone_with_everything_in_it(client: Browser, portal: Portal) -> None:
    business, token = a_business(client, portal)
    before = set(portal.objects.list("documents/"))
    case = a_ready_draft(portal, business.actor)
    client.post(f"/cases/{case}/discard", data={"csrf_token": token})
    assert client.get(f"/cases/{case}/edit/customer").status_code == 404
    assert set(portal.objects.list("documents/")) == before


def test_nobody_else_sees_a_draft(client: Browser, portal: Portal) -> None:
    business, agency, other = people(portal, [OrgKind.BUSINESS, OrgKind.AGENCY, OrgKind.BUSINESS])
    case = a_ready_draft(portal, business.actor)
    for person, status in ((agency, 403), (other, 404)):
        sign_in(client, portal, person)
        for step in ("customer", "owed", "said", "documents", "ready"):
            assert client.get(f"/cases/{case}/edit/{step}").status_code == status, step
        assert client.get(f"/cases/{case}/receipt").status_code == 404
    sign_in(client, portal, business)
    assert client.get(f"/cases/{case}/edit/nothing").status_code == 404


def test_the_policy_is_changed_on_its_page(client: Browser, portal: Portal) -> None:
    _, token = a_business(client, portal)
    assert "The usual policy" in client.get("/policy").text
    fields = {
        "min_days_overdue": "60",
        "min_reminders": "3",
        "final_notice_days": "x",
        "amount_SGD": "250.00",
    }
    wrong = client.post("/policy", data={**fields, "csrf_token": token})
    assert wrong.status_code == 422
    done = client.post("/policy", data={**fields, "final_notice_days": "21", "csrf_token": token})
    assert "version 1" in seen(done.text)
    assert 'value="250.00"' in done.text
