"""The conduct check while somebody writes: findings, kinder wordings, the pages."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork, a_case_at_work
from builders import some_content
from contact_steps import actions_of
from desk_browsing import send, sign_in
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.model.content import Channel
from handoff_portal.conduct.model.terms import Harm, Outcome
from handoff_portal.contacts.model.conduct import (
    LONGEST_CHECKED,
    mark_of,
    pieces,
    put_kinder,
    read_words,
    sounds_like_complaint,
)
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.core.permissions import Role
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague
from words_at_work import UNKIND, say


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal, some_content())


@pytest.fixture
def collector(at_work: AtWork) -> SignedIn:
    return a_colleague(at_work.portal, at_work.agency, Role.COLLECTOR)


def test_a_voicemail_that_shows_a_debt_is_for_looking_at() -> None:
    said = "Thank you for your payment, and for taking the time to speak with us today."
    assert read_words(said, Channel.CALL).outcome is Outcome.FINE
    assert read_words(said, Channel.CALL, Disposition.LV).outcome is Outcome.REVIEW


def test_a_kinder_wording_takes_the_place_of_the_whole_sentence() -> None:
    text = f"Good morning.\n{UNKIND} Kind regards"
    verdict = read_words(text, Channel.EMAIL)
    finding = verdict.findings[0]
    kinder = put_kinder(text, verdict.findings, mark_of(finding))
    assert kinder == f"Good morning.\n{finding.kinder} Kind regards"
    assert put_kinder(text, verdict.findings, "0.1.threat") is None
    assert "".join(piece for piece, _ in pieces(text, verdict.findings)) == text
    assert [piece for piece, one in pieces(text, verdict.findings) if one] != []


def test_what_sounds_like_a_complaint_is_noticed() -> None:
    assert sounds_like_complaint("He said your colleague was rude and he will go to the ombudsman.")
    assert not sounds_like_complaint("She will transfer the money on Friday.")


def test_every_class_has_words() -> None:
    from handoff_portal.contacts.model.conduct import HARM_WORDS  # noqa: PLC0415

    assert set(HARM_WORDS) == set(Harm)


def test_words_are_checked_while_writing_and_a_kinder_one_is_put_in_without_scripts(
    at_work: AtWork, client: TestClient[Litestar], postgres: EmbeddedPostgres
) -> None:
    sign_in(client, at_work.agency)
    fields = {"channel": "email", "direction": "out", "spoke_with": "Mr Lim", "words_of": "text"}
    shown = send(client, at_work, "/words", text=UNKIND, **fields)
    assert shown.status_code == 200
    assert "<mark>" in shown.text
    assert 'value="Mr Lim"' in shown.text
    mark = re.search(r'name="use" value="([^"]+)"', shown.text)
    assert mark is not None
    taken = send(client, at_work, "/words", text=UNKIND, use=mark[1], **fields)
    area = re.search(r'<textarea[^>]*id="f-text"[^>]*>([^<]*)<', taken.text)
    assert area is not None
    assert "police" not in area[1]
    assert "The kinder wording is in your text" in taken.text
    assert actions_of(postgres, at_work)[-1] == "conduct.kinder_taken"


def test_only_the_first_8000_characters_are_read_and_that_is_said(
    at_work: AtWork, client: TestClient[Litestar]
) -> None:
    sign_in(client, at_work.agency)
    text = "Thank you. " * (LONGEST_CHECKED // 11 + 1) + UNKIND
    shown = send(client, at_work, "/words", text=text, channel="email", direction="out")
    assert "Only the first 8,000 characters were read" in shown.text
    assert "<mark>" not in shown.text


def test_a_customers_own_words_are_not_judged_but_a_complaint_is_pointed_out(
    at_work: AtWork, client: TestClient[Litestar]
) -> None:
    sign_in(client, at_work.agency)
    shown = send(client, at_work, "/words", text="You threatened me.", channel="call", direction="in")
    assert "not judged" in shown.text
    assert "Complains (CMP)" in shown.text


def test_the_queue_shows_what_waits_and_a_decision_takes_it_out(
    at_work: AtWork, collector: SignedIn, client: TestClient[Litestar]
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    sign_in(client, at_work.agency)
    assert f"/conduct/{made}" in client.get("/conduct").text
    home = client.get("/").text
    assert f"/conduct/{made}" in home
    assert "See all 1" not in home
    shown = client.get(f"/conduct/{made}")
    found = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert found is not None
    sent = {"csrf_token": found[1], "decision": "breach", "reason": ""}
    assert client.post(f"/conduct/{made}", data=sent).status_code == 422
    sent["reason"] = "We never speak of the police."
    assert client.post(f"/conduct/{made}", data=sent, follow_redirects=False).status_code == 303
    assert f"/conduct/{made}" not in client.get("/conduct").text
    assert "We never speak of the police." in client.get("/conduct/notes").text
