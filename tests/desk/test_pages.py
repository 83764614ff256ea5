from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork, a_case_at_work
from desk_browsing import CUSTOMER, send, sign_in
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import contacts, holds
from handoff_portal.contacts.model.communications import ContactEntry, Direction, Words
from handoff_portal.contacts.model.dispositions import Disposition, ReceivedAs
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation, people


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal)


def test_a_stranger_does_not_learn_that_the_case_exists(
    client: TestClient[Litestar], at_work: AtWork, portal: Portal
) -> None:
    for stranger in people(portal, [OrgKind.BUSINESS, OrgKind.AGENCY]):
        sign_in(client, stranger)
        assert client.get(f"/cases/{at_work.case}").status_code == 404
        queue = client.get("/cases")
        assert queue.status_code == 200
        assert str(at_work.case) not in queue.text


def test_a_hold_is_seen_to_stop_contact_on_the_page_and_in_the_queue(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    def hold(work: Work, case: Case, key: CaseKey) -> None:
        holds.place_hold(work, case, key, HoldKind.DISPUTE, "Two of nine boxes were broken")

    at_work.do(at_work.business.actor, hold)
    sign_in(client, at_work.agency)
    page = client.get(f"/cases/{at_work.case}").text
    assert "On hold: Dispute" in page
    assert "No contact until the business has answered it." in page
    assert "On hold" in client.get("/cases").text
    assert "On hold" in client.get("/cases?hold=yes").text
    sign_in(client, at_work.business)
    assert "Lift this hold" in client.get(f"/cases/{at_work.case}").text


def test_the_queue_masks_the_name_for_the_agency_and_not_for_the_owner(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    sign_in(client, at_work.agency)
    assert CUSTOMER.name not in client.get("/cases").text
    sign_in(client, at_work.business)
    assert CUSTOMER.name in client.get("/cases").text


def test_the_queue_finds_filters_and_says_when_nothing_fits(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    reference = at_work.look(at_work.business.actor).reference
    heading = at_work.do(at_work.business.actor, cases.read_heading)
    assert heading is not None
    own = heading.creditor_reference
    sign_in(client, at_work.business)
    for query in (
        f"q={reference}",
        f"q={own.lower()}",
        "state=held",
        "country=SG",
        "sort=amount",
        "sort=deadline",
    ):
        assert reference in client.get(f"/cases?{query}").text, query
    for query in ("q=nothing", "state=draft", "turn=mine", "hold=yes", "country=FR"):
        page = client.get(f"/cases?{query}")
        assert reference not in page.text, query
        assert "No case fits" in page.text, query
    for nonsense in ("after=x~y", "sort=bad", "state=%00", "country=12", "before=~", "after=2026-01-01~x"):
        assert client.get(f"/cases?{nonsense}").status_code == 200, nonsense


def test_a_contact_logged_on_the_page_stands_on_the_timeline(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    sign_in(client, at_work.agency)
    at = (at_work.portal.database.clock() + timedelta(hours=8) - timedelta(minutes=2)).strftime(
        "%Y-%m-%dT%H:%M"
    )
    answer = send(
        client,
        at_work,
        "/contacts",
        direction="out",
        channel="call",
        occurred_at=at,
        party="customer",
        disposition="DSP",
        received_as="upset",
        text="They say two boxes were broken.",
    )
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"]).text
    assert "They say two boxes were broken." in page
    assert "Disputes the claim" in page
    assert "Contact rests now: dispute." in page


def test_a_bad_contact_comes_back_filled_in_with_what_to_correct(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    sign_in(client, at_work.agency)
    answer = send(
        client,
        at_work,
        "/contacts",
        direction="out",
        channel="letter",
        disposition="NA",
        text="I <b>called</b>",
    )
    assert answer.status_code == 422
    assert "I &lt;b&gt;called&lt;/b&gt;" in answer.text
    assert "does not go with" in answer.text or "Please" in answer.text
    assert (
        at_work.do(at_work.agency.actor, lambda work, case, key: len(holds.open_holds(work, case, key))) == 0
    )


def test_notes_and_holds_can_be_sent_without_scripts(client: TestClient[Litestar], at_work: AtWork) -> None:
    sign_in(client, at_work.business)
    for form in ("contacts/new", "notes/new", "holds/new"):
        assert client.get(f"/cases/{at_work.case}/{form}").status_code == 200, form
    asked = send(client, at_work, "/notes", note="Could they pay in parts?", asks_answer="yes")
    assert asked.status_code == 303
    placed = send(client, at_work, "/holds", kind="hardship", hold_reason="They lost their main contract")
    assert placed.status_code == 303
    sign_in(client, at_work.agency)
    page = client.get(f"/cases/{at_work.case}").text
    assert "Answer the question of the business" in page
    assert "Could they pay in parts?" in page
    (hold,) = at_work.do(at_work.agency.actor, holds.open_holds)
    assert client.get(f"/cases/{at_work.case}/holds/{hold.id}/lift").status_code == 200
    assert send(client, at_work, f"/holds/{hold.id}/lift", lift_reason="").status_code == 422
    assert send(client, at_work, f"/holds/{hold.id}/lift", lift_reason="They recovered").status_code == 303


def test_the_timeline_can_be_narrowed(client: TestClient[Litestar], at_work: AtWork) -> None:
    def log(work: Work, case: Case, key: CaseKey) -> None:
        words = Words("Aisha", text="CONTACT-WORDS")
        entry = ContactEntry(
            Channel.CALL,
            Direction.OUT,
            work.now,
            words,
            disposition=Disposition.RPC,
            received_as=ReceivedAs.KINDLY,
        )
        contacts.log_contact(work, case, key, entry)

    at_work.do(at_work.agency.actor, log)
    sign_in(client, at_work.business)
    assert "CONTACT-WORDS" in client.get(f"/cases/{at_work.case}?show=contacts").text
    assert "CONTACT-WORDS" not in client.get(f"/cases/{at_work.case}?show=notes").text


def test_a_draft_opens_where_it_is_edited(client: TestClient[Litestar], portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        draft = cases.start_draft(work)
    sign_in(client, business)
    answer = client.get(f"/cases/{draft.id}", follow_redirects=False)
    assert answer.headers["Location"] == f"/cases/{draft.id}/edit/customer"


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrgKind.BUSINESS, Role.BUSINESS_MEMBER),
        (OrgKind.BUSINESS, Role.COMPLIANCE_OFFICER),
        (OrgKind.AGENCY, Role.COLLECTOR),
        (OrgKind.AGENCY, Role.SUPERVISOR),
        (OrgKind.OPERATOR, Role.OPERATOR_ADMIN),
        (OrgKind.OPERATOR, Role.COMPLIANCE_OFFICER),
    ],
)
def test_everybody_has_a_home(
    client: TestClient[Litestar], portal: Portal, kind: OrgKind, role: Role
) -> None:
    sign_in(client, a_person(portal, an_organisation(portal, kind), role))
    page = client.get("/")
    assert page.status_code == 200, page.text
    assert "What needs you now" in page.text


def test_home_lists_what_waits_with_what_to_do(client: TestClient[Litestar], at_work: AtWork) -> None:
    sign_in(client, at_work.agency)
    page = client.get("/").text
    assert at_work.look(at_work.agency.actor).reference in page
    assert "Contact the customer" in page
    assert CUSTOMER.name not in page
