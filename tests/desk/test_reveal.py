import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork, a_case_at_work
from desk_browsing import CUSTOMER, SECRETS, reveals, send, sign_in, token
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.desk.actions import case_page
from handoff_portal.web.portal import Portal
from people import without_a_fresh_code


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal)


def test_personal_data_is_masked_for_both_sides_until_revealed(
    client: TestClient[Litestar], at_work: AtWork
) -> None:
    for side in (at_work.business, at_work.agency):
        sign_in(client, side)
        page = client.get(f"/cases/{at_work.case}")
        assert page.status_code == 200, page.text
        for secret in SECRETS:
            assert secret not in page.text, secret
        assert "K••• T•••" in page.text


def test_a_reveal_shows_the_values_once_and_is_in_the_log(
    client: TestClient[Litestar], at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    sign_in(client, at_work.agency)
    answer = send(client, at_work, "/reveal", reason="contact_now")
    assert answer.status_code == 200
    for secret in SECRETS:
        assert secret in answer.text, secret
    assert "no-store" in answer.headers["Cache-Control"]
    assert reveals(postgres, at_work.case) == 1
    assert CUSTOMER.name not in client.get(f"/cases/{at_work.case}").text


def test_a_reveal_without_a_reason_shows_nothing(
    client: TestClient[Litestar], at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    sign_in(client, at_work.agency)
    answer = send(client, at_work, "/reveal", reason="curious")
    assert answer.status_code == 422
    assert CUSTOMER.name not in answer.text
    assert reveals(postgres, at_work.case) == 0


def test_the_reveal_is_committed_before_anything_is_shown(
    client: TestClient[Litestar],
    at_work: AtWork,
    postgres: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the page cannot be made")

    sign_in(client, at_work.agency)
    here = token(client, f"/cases/{at_work.case}")
    monkeypatch.setattr(case_page, "look", broken)
    answer = client.post(f"/cases/{at_work.case}/reveal", data={"reason": "contact_now", "csrf_token": here})
    assert answer.status_code == 500
    assert reveals(postgres, at_work.case) == 1


def test_after_sixty_reveals_in_an_hour_a_code_is_asked_for(
    client: TestClient[Litestar], portal: Portal, at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    sign_in(client, without_a_fresh_code(portal, at_work.agency))
    fields = {"reason": "contact_now", "csrf_token": token(client, f"/cases/{at_work.case}")}
    answers = [
        client.post(f"/cases/{at_work.case}/reveal", data=fields, follow_redirects=False) for _ in range(61)
    ]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 303
    assert answers[60].headers["Location"] == f"/step-up?next=/cases/{at_work.case}"
    assert reveals(postgres, at_work.case) == 60
