import re
from collections.abc import Callable
from uuid import UUID

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from handoff_builders import HeldCase, a_business, a_held_case, a_ready_case, an_agency, an_offer
from handoff_portal.contacts.actions.holds import may_contact_now
from handoff_portal.core.permissions import Role
from handoff_portal.recoveries.actions.payments import list_payments
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague
from recovery_steps import OPEN, balance, local_today, look, pay, pay_business

Browser = TestClient[Litestar]


@pytest.fixture
def held(portal: Portal) -> HeldCase:
    return a_held_case(portal)


def as_(client: Browser, person: SignedIn) -> Browser:
    client.cookies.clear()
    client.cookies.update(person.cookie)
    return client


def send(client: Browser, page: str, path: str | None = None, **fields: str) -> Response:
    """Open a page, fill its form in, send it to `path` or the page itself."""
    shown = client.get(page).text
    hidden = {
        name: found[1]
        for name in ("csrf_token", "paid_id")
        if (found := re.search(rf'name="{name}" value="([^"]+)"', shown))
    }
    return client.post(path or page, data={**hidden, **fields}, follow_redirects=False)


def a_form(portal: Portal, amount: str = "50.00", **changes: str) -> dict[str, str]:
    return {
        "paid_amount": amount,
        "paid_amount_currency": "SGD",
        "paid_on": f"{local_today(portal)}",
        "paid_to": "agency",
        "paid_method": "bank_transfer",
        "paid_reference": "FT-8812 <b>",
        **changes,
    }


def flash(client: Browser, answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["location"]).text


def test_an_agency_reports_a_payment_without_javascript(
    portal: Portal, client: Browser, held: HeldCase
) -> None:
    path = f"/cases/{held.case.id}/payments"
    answer = send(as_(client, held.agency), path, **a_form(portal))
    text = flash(client, answer)
    assert "Your commission is SGD\u00a07.50. SGD\u00a075.00 is open." in text
    assert "FT-8812 &lt;b&gt;" in text
    assert "principal 50.00" in text
    text = as_(client, held.business).get(path).text
    assert "Bank transfer, to the agency" in text
    assert "The agency passes on to you" in text
    assert "42.50" in text


def test_what_was_typed_comes_back_with_the_mistake_at_its_field(
    portal: Portal, client: Browser, held: HeldCase
) -> None:
    path = f"/cases/{held.case.id}/payments"
    answer = send(as_(client, held.agency), path, **a_form(portal, "1,125.00", paid_method="cheque"))
    assert answer.status_code == 422
    assert "Only SGD 125.00 is open." in answer.text
    assert "the other SGD 1,000.00 belongs to the customer" in answer.text
    assert 'value="1,125.00"' in answer.text
    assert 'value="cheque" selected' in answer.text
    assert 'href="#f-paid_amount"' in answer.text
    assert balance(portal, held.agency.actor, held.case.id).total == OPEN


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"paid_amount": ""}, "Please fill this in."),
        ({"paid_amount": "fifty"}, "is not an amount"),
        ({"paid_amount": "0"}, "Write an amount above zero."),
        ({"paid_amount": "-5"}, "Write the amount without a minus."),
        ({"paid_amount_currency": "USD"}, "This case is in SGD."),
        ({"paid_on": "2031-02-30"}, "does not exist"),
        ({"paid_on": "2099-01-01"}, "has not come yet"),
        ({"paid_on": "2020-01-01"}, "Check the year"),
        ({"paid_method": "barter"}, "choose again"),
        ({"paid_to": ""}, "Please choose one."),
    ],
)
def test_each_mistake_is_said_kindly(
    portal: Portal, client: Browser, held: HeldCase, changes: dict[str, str], says: str
) -> None:
    path = f"/cases/{held.case.id}/payments"
    answer = send(as_(client, held.agency), path, **a_form(portal, **changes))
    assert answer.status_code == 422
    assert says in answer.text


def test_pressing_twice_counts_once(portal: Portal, client: Browser, held: HeldCase) -> None:
    path = f"/cases/{held.case.id}/payments"
    shown = as_(client, held.agency).get(path).text
    hidden = {
        name: re.findall(rf'name="{name}" value="([^"]+)"', shown)[0] for name in ("csrf_token", "paid_id")
    }
    for _ in range(2):
        assert client.post(path, data={**hidden, **a_form(portal)}, follow_redirects=False).status_code == 303
    assert balance(portal, held.agency.actor, held.case.id).total == OPEN - 50_00


def test_a_bent_form_number_does_not_matter(portal: Portal, client: Browser, held: HeldCase) -> None:
    path = f"/cases/{held.case.id}/payments"
    answer = send(as_(client, held.agency), path, **a_form(portal, paid_id="; drop table"))
    assert answer.status_code == 303


def test_a_supervisor_reverses_with_a_reason(portal: Portal, client: Browser, held: HeldCase) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    path = f"/cases/{held.case.id}/payments/{paid.id}/reverse"
    text = as_(client, held.agency).get(f"/cases/{held.case.id}/payments").text
    assert f'href="{path}"' in text
    text = client.get(path).text
    assert "SGD\u00a0125.00 is open then" in text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', text)[0]
    answer = send(client, path)
    assert answer.status_code == 422
    assert "Please choose one." in answer.text
    text = flash(client, send(client, path, reversal_reason="bounced"))
    assert "SGD\u00a050.00 is taken back, its commission too." in text
    assert "bounced, charged back" in text
    assert path not in text
    again = client.post(path, data={"csrf_token": token, "reversal_reason": "bounced"})
    assert again.status_code == client.get(path).status_code == 409
    assert "has been reversed already" in again.text


def test_a_collector_sees_no_button_and_is_refused(portal: Portal, client: Browser, held: HeldCase) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    page = f"/cases/{held.case.id}/payments"
    collector = a_colleague(portal, held.agency, Role.COLLECTOR)
    assert "/reverse" not in as_(client, collector).get(page).text
    assert send(client, page, f"{page}/{paid.id}/reverse", reversal_reason="bounced").status_code == 403
    assert client.get(f"/cases/{held.case.id}/close").status_code == 403


def test_the_customer_paid_us_by_form(portal: Portal, client: Browser, held: HeldCase) -> None:
    page = f"/cases/{held.case.id}/paid-directly"
    text = as_(client, held.business).get(page).text
    assert "Contact with the customer stops in the same moment" in text
    assert "15%" in text
    answer = send(client, page, **a_form(portal, paid_rest="wait"))
    assert "contact has stopped" in flash(client, answer)
    assert not look(portal, held.agency.actor, held.case.id, may_contact_now).allowed
    (paid,) = look(portal, held.business.actor, held.case.id, list_payments)
    assert paid.received_by.value == "business"
    text = as_(client, held.agency).get(f"/cases/{held.case.id}/payments").text
    assert "to the business" in text
    assert "The business pays you" in text


def test_a_direct_payment_that_is_too_large_comes_back_filled_in(
    portal: Portal, client: Browser, held: HeldCase
) -> None:
    page = f"/cases/{held.case.id}/paid-directly"
    answer = send(as_(client, held.business), page, **a_form(portal, "999", paid_rest="go_on"))
    assert answer.status_code == 422
    assert "the other SGD 874.00 belongs to the customer" in answer.text
    assert re.search(r'value="go_on"\s+checked', answer.text)
    assert look(portal, held.agency.actor, held.case.id, may_contact_now).allowed


def test_the_close_says_what_fits_what_does_not_and_what_will_follow(
    portal: Portal, client: Browser, held: HeldCase
) -> None:
    pay(portal, held.agency.actor, held.case.id)
    text = as_(client, held.agency).get(f"/cases/{held.case.id}/close").text
    assert 'value="partially_paid"' in text
    assert 'value="paid"' not in text
    assert "SGD 75.00 is still open. Report what came in first" in text
    assert 'value="withdrawn"' not in text
    assert "A close cannot be undone" in text
    assert f"/cases/{held.case.id}/return" in text
    live = client.get(f"/cases/{held.case.id}/close?close_code=partially_paid").text
    preview = live[live.index('id="close-preview"') :]
    assert "Closed as “paid in part”" in preview
    assert re.search(r"Written off now</dt><dd.*75\.00</span></dd>", preview)


def test_a_close_asks_for_the_relationship_and_keeps_what_was_typed(
    portal: Portal, client: Browser, held: HeldCase
) -> None:
    pay(portal, held.agency.actor, held.case.id)
    page = f"/cases/{held.case.id}/close"
    answer = send(as_(client, held.agency), page, close_code="other", close_words="")
    assert answer.status_code == 422
    assert re.search(r'value="other"\s+checked', answer.text)
    answer = send(client, page, close_code="other", relationship_kept="open")
    assert "Please say in a sentence why" in answer.text
    answer = send(client, page, close_code="paid", relationship_kept="open")
    assert "SGD 75.00 is still open" in answer.text
    answer = send(client, page, close_code="partially_paid", relationship_kept="open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert client.get(f"/cases/{held.case.id}/payments").status_code == 404
    text = as_(client, held.business).get(f"/cases/{held.case.id}/payments").text
    assert "Closed: paid in part" in text
    assert "The door is open" in text
    assert "Written off at the close" in text


def test_an_offered_case_says_what_to_do_before_the_close(portal: Portal, client: Browser) -> None:
    business, agency = a_business(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    an_offer(portal, business, agency, case)
    answer = as_(client, business).get(f"/cases/{case.id}/close")
    assert answer.status_code == 409
    assert "Withdraw the offers first" in answer.text


ROUTES: list[Callable[[UUID], str]] = [
    lambda case: f"/cases/{case}/payments",
    lambda case: f"/cases/{case}/paid-directly",
    lambda case: f"/cases/{case}/close",
]


def test_strangers_get_404_and_the_wrong_side_403(portal: Portal, client: Browser, held: HeldCase) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    payments, direct, close = (route(held.case.id) for route in ROUTES)
    reverse = f"{payments}/{paid.id}/reverse"
    known = {"paid_rest": "wait", "close_code": "other", "relationship_kept": "open", "close_words": "x"}
    for stranger, expected in ((an_agency(portal, licensed=False), 404), (a_business(portal), 404)):
        as_(client, stranger)
        business = stranger.actor.org_kind == "business"
        for path, right in ((payments, not business), (reverse, True), (direct, business), (close, True)):
            fields = {**a_form(portal), **known, "reversal_reason": "bounced"}
            answer = send(client, "/account", path, **fields)
            assert answer.status_code == (expected if right else 403), path
            shown = client.get(path).status_code
            assert shown == (expected if right or path == payments else 403), path
    as_(client, held.business)
    assert send(client, payments, payments, **a_form(portal)).status_code == 403
    assert send(client, payments, reverse, reversal_reason="bounced").status_code == 403


def test_a_form_without_its_token_changes_nothing(portal: Portal, client: Browser, held: HeldCase) -> None:
    as_(client, held.agency)
    answer = client.post(
        f"/cases/{held.case.id}/payments", data=a_form(portal), headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert balance(portal, held.agency.actor, held.case.id).total == OPEN


def test_when_everything_came_in_both_sides_are_led_to_the_close(
    portal: Portal, client: Browser, held: HeldCase
) -> None:
    pay_business(portal, held.business.actor, held.case.id, OPEN)
    for person in (held.agency, held.business):
        text = as_(client, person).get(f"/cases/{held.case.id}/payments").text
        assert f'href="/cases/{held.case.id}/close"' in text
    assert "Nothing is open any more" in client.get(f"/cases/{held.case.id}/paid-directly").text
