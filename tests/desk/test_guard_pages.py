"""What people see of the guard: a block with its reason, an override, the queue, contacts to look at."""

from datetime import timedelta

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from at_work import AtWork, a_case_at_work
from builders import a_customer, some_content
from contact_steps import log
from desk_browsing import sign_in, token
from handoff_portal.agencies.actions.approvals import end_approval, list_approvals
from handoff_portal.cases.model.case import DebtorType
from handoff_portal.contacts.actions import known
from handoff_portal.contacts.model.facts import FactKind
from handoff_portal.core.permissions import Role
from handoff_portal.web.portal import Portal
from people import a_colleague


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    """In Singapore no hour is closed by law, so these pages say the same at any time."""
    return a_case_at_work(portal)


@pytest.fixture
def australian(portal: Portal) -> AtWork:
    """Four conversations this week: a guideline says that is enough."""
    customer = a_customer(country="AU", region="AU-NSW", debtor_type=DebtorType.PRIVATE, phones=())
    made = a_case_at_work(portal, replace(some_content(), customer=customer))
    for _ in range(4):
        log(made, made.agency.actor)
    return made


def unapprove(at_work: AtWork) -> None:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        for one in list_approvals(work):
            end_approval(work, one.id)


def send(client: TestClient[Litestar], path: str, **fields: str) -> Response:
    """Post a form as whoever is signed in; every page carries the same token."""
    return client.post(path, data={**fields, "csrf_token": token(client, "/account")}, follow_redirects=False)


def test_the_case_page_answers_for_each_way_of_contact(client: TestClient[Litestar], at_work: AtWork) -> None:
    sign_in(client, at_work.agency)
    page = client.get(f"/cases/{at_work.case}").text
    for way in ("Phone call", "Text message", "E-mail", "Letter", "Visit"):
        assert way in page
    assert "May I contact now?" in page
    assert "Blocked" not in page


def test_a_block_is_shown_with_its_law_citation_and_what_is_needed(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    unapprove(at_work)
    sign_in(client, at_work.agency)
    page = client.get(f"/cases/{at_work.case}/guard?channel=call").text
    assert "Blocked" in page
    assert "You are not approved to collect" in page
    assert "Debt Collection Act 2022 ss 17-20" in page
    assert "Law</span>" in page
    assert "A law stands against it" in page
    assert "Waiting does not help" in page


def test_a_guideline_shows_the_next_moment_and_lets_a_supervisor_go_on_once(
    client: TestClient[Litestar], australian: AtWork
) -> None:
    supervisor = a_colleague(australian.portal, australian.agency, Role.SUPERVISOR)
    sign_in(client, supervisor)
    page = client.get(f"/cases/{australian.case}/guard?channel=call").text
    assert "Guideline</span>" in page
    assert "Allowed from" in page
    there = f"/cases/{australian.case}/guard"
    refused = send(client, there, guard_channel="call", override_reason=" ")
    assert refused.status_code == 422
    assert "Please say why this contact cannot wait." in refused.text
    gone_on = send(client, there, guard_channel="call", override_reason="They asked for a call.")
    assert gone_on.status_code == 303
    assert gone_on.headers["location"] == f"/cases/{australian.case}/contacts/new"


def test_a_collector_is_told_to_ask_a_supervisor(client: TestClient[Litestar], australian: AtWork) -> None:
    collector = a_colleague(australian.portal, australian.agency, Role.COLLECTOR)
    sign_in(client, collector)
    assert (
        "Your supervisor or an administrator can decide"
        in client.get(f"/cases/{australian.case}/guard?channel=call").text
    )
    there = f"/cases/{australian.case}/guard"
    refused = send(client, there, guard_channel="call")
    assert refused.status_code == 403
    assert "Your supervisor has to decide" in refused.text


def test_the_composer_asks_for_one_way_inside_the_page(client: TestClient[Litestar], at_work: AtWork) -> None:
    sign_in(client, at_work.agency)
    part = client.get(
        f"/cases/{at_work.case}/guard?channel=sms&party=customer&place=", headers={"HX-Request": "true"}
    ).text
    assert "Text message" in part
    assert "<html" not in part
    assert "Check before you contact them" in client.get(f"/cases/{at_work.case}/contacts/new").text


def test_the_queue_says_who_may_be_called_and_filters_by_it(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    sign_in(client, at_work.agency)
    reference = at_work.look(at_work.agency.actor).reference
    assert "Call now" in client.get("/cases").text
    assert reference in client.get("/cases?call=now").text
    unapprove(at_work)
    assert "You are not approved" in client.get("/cases").text
    assert reference not in client.get("/cases?call=now").text
    sign_in(client, at_work.business)
    assert "Call now" not in client.get("/cases").text


def test_a_customer_who_rests_is_stopped_in_the_queue(
    client: TestClient[Litestar], australian: AtWork
) -> None:
    sign_in(client, australian.agency)
    page = client.get("/cases").text
    assert "Not now" in page
    assert "from " in page
    assert australian.look(australian.agency.actor).reference not in client.get("/cases?call=now").text


def test_supervisor_and_business_are_asked_to_look_at_a_contact_against_a_block(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    unapprove(at_work)
    logged = log(at_work, at_work.agency.actor)
    supervisor, collector = (
        a_colleague(at_work.portal, at_work.agency, role) for role in (Role.SUPERVISOR, Role.COLLECTOR)
    )
    sign_in(client, collector)
    assert "Contacts to look at" not in client.get("/").text
    for who in (supervisor, at_work.business):
        sign_in(client, who)
        assert "Contacts to look at" in client.get("/").text
        assert "Blocked at that time" in client.get(f"/cases/{at_work.case}").text
        done = send(client, f"/cases/{at_work.case}/contacts/{logged.id}/looked")
        assert done.status_code == 303
        assert "Contacts to look at" not in client.get("/").text


def test_what_the_customer_asked_is_noted_and_can_end(client: TestClient[Litestar], at_work: AtWork) -> None:
    sign_in(client, at_work.agency)
    there = f"/cases/{at_work.case}/known"
    today = str(at_work.portal.database.clock().date() - timedelta(days=1))
    missing = send(client, there, kind="consent", happened_on=today)
    assert missing.status_code == 422
    assert "Please choose which ways of contact this is about." in missing.text
    sent = send(
        client,
        there,
        kind="quiet",
        happened_on=today,
        quiet_days="0",
        quiet_from="09:00",
        quiet_to="12:30",
    )
    assert sent.status_code == 303
    page = client.get(f"/cases/{at_work.case}").text
    assert "Asked not to be contacted at certain times: Mon, 09:00 to 12:30" in page
    (fact,) = at_work.do(at_work.agency.actor, known.list_facts)
    ended = send(client, f"/cases/{at_work.case}/known/{fact.id}/end")
    assert ended.status_code == 303
    assert at_work.do(at_work.agency.actor, known.list_facts) == []


def test_an_administrator_records_and_ends_approvals(client: TestClient[Litestar], at_work: AtWork) -> None:
    collector = a_colleague(at_work.portal, at_work.agency, Role.COLLECTOR)
    sign_in(client, at_work.agency)
    sent = send(
        client,
        "/approvals",
        person=str(collector.actor.person),
        jurisdiction="SG",
        reference="CP/77",
        valid_from="2026-01-01",
        valid_until="",
    )
    assert sent.status_code == 303
    assert "CP/77" in client.get("/approvals").text
    wrong = send(
        client,
        "/approvals",
        person="nobody",
        jurisdiction="SG",
        reference="CP/78",
        valid_from="2026-01-02",
        valid_until="2026-01-01",
    )
    assert wrong.status_code == 422
    assert "Choose one of your colleagues." in wrong.text
    assert "before the first one" in wrong.text


def test_asked_at_a_contact_not_to_call_then_is_kept(client: TestClient[Litestar], at_work: AtWork) -> None:
    sign_in(client, at_work.agency)
    now = at_work.portal.database.clock() - timedelta(minutes=1)
    sent = send(
        client,
        f"/cases/{at_work.case}/contacts",
        direction="out",
        channel="call",
        occurred_at=now.isoformat(),
        party="customer",
        disposition="NA",
        text="Rang before the case came over.",
        quiet_from="18:00",
        quiet_to="24:00",
    )
    assert sent.status_code == 303
    (fact,) = at_work.do(at_work.agency.actor, known.list_facts)
    assert fact.kind is FactKind.QUIET
    assert (fact.terms.start, fact.terms.end) == (18 * 3600, 24 * 3600)
