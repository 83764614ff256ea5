"""Electronic messages in the United States say how to opt out; the guard reads it in the text itself."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork, a_case_at_work
from contact_steps import log
from desk_browsing import send, sign_in
from guarded_cases import asked, note, of
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import guarding
from handoff_portal.contacts.model.communications import Words
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.contacts.model.opting_out import LINES
from handoff_portal.guard.model import terms as g
from handoff_portal.web.portal import Portal

HELLO = "Hello, this is about your invoice."
LINE = LINES[Channel.EMAIL]


@pytest.fixture
def kentuckian(portal: Portal) -> AtWork:
    return a_case_at_work(portal, of("US", "US-KY"))


def write(at_work: AtWork, text: str) -> tuple[str, ...]:
    """Log an e-mail; the rules that blocked it."""
    words = {"words": Words(author="Aisha", text=text), "channel": Channel.EMAIL, "received_as": None}
    return log(at_work, at_work.agency.actor, Disposition.EML, **words).blocked_by


def test_the_text_decides_whether_a_message_says_how_to_opt_out(kentuckian: AtWork) -> None:
    assert "US-EMSG-OPTOUT" in write(kentuckian, HELLO)
    assert "US-EMSG-OPTOUT" not in write(kentuckian, f"{HELLO} {LINE}")


def test_what_only_the_text_lacks_is_told_apart_and_does_not_block(kentuckian: AtWork) -> None:
    answer = asked(kentuckian, kentuckian.agency.actor, g.Channel.EMAIL)
    assert [rule.id for rule in answer.asks] == ["US-EMSG-OPTOUT"]
    assert "US-EMSG-OPTOUT" not in answer.decision.rule_ids
    assert asked(kentuckian, kentuckian.agency.actor, g.Channel.CALL).asks == ()


def test_opting_out_of_e_mail_still_blocks_it(kentuckian: AtWork) -> None:
    note(kentuckian, kentuckian.agency.actor, FactKind.CONSENT_WITHDRAWN, Terms(channels=("email",)))
    answer = asked(kentuckian, kentuckian.agency.actor, g.Channel.EMAIL)
    assert answer.outlook is g.Outlook.BLOCKED


def test_the_line_is_added_with_one_press_without_scripts(
    kentuckian: AtWork, client: TestClient[Litestar]
) -> None:
    sign_in(client, kentuckian.agency)
    fields = {"channel": "email", "direction": "out", "party": "customer", "words_of": "text", "text": HELLO}
    shown = send(client, kentuckian, "/words", **fields).text
    assert "12 CFR 1006.6(e)" in shown
    assert "Add this line" in shown
    added = send(client, kentuckian, "/words", **fields, use="opt-out").text
    assert f"{HELLO}\n\n{LINE}" in added
    assert "It says how to stop such messages." in added
    assert "Add this line" not in added


@pytest.mark.parametrize(
    ("field", "value"), [("channel", "letter"), ("channel", "call"), ("direction", "in")]
)
def test_no_line_is_offered_where_nobody_asks_for_it(
    kentuckian: AtWork, client: TestClient[Litestar], field: str, value: str
) -> None:
    sign_in(client, kentuckian.agency)
    fields = {"channel": "email", "direction": "out", "words_of": "text", "text": HELLO, field: value}
    for use in ("", "opt-out"):
        assert LINE not in send(client, kentuckian, "/words", **fields, use=use).text


def test_no_line_is_offered_where_the_law_does_not_ask(portal: Portal, client: TestClient[Litestar]) -> None:
    singapore = a_case_at_work(portal)
    sign_in(client, singapore.agency)
    fields = {"channel": "email", "direction": "out", "words_of": "text", "text": HELLO}
    assert "Add this line" not in send(client, singapore, "/words", **fields).text


def test_every_contact_names_its_creditor(kentuckian: AtWork) -> None:
    log(kentuckian, kentuckian.agency.actor)

    def creditors(work: Work, case: Case, key: CaseKey) -> set[str]:
        return {one.creditor for one in guarding.read_situation(work, case, key).history}

    assert kentuckian.do(kentuckian.agency.actor, creditors) == {str(kentuckian.business.actor.org)}
