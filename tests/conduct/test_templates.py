"""Letters and messages: placeholders, what must be said, approval by somebody else, and use in a case."""

import re
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork, a_case_at_work
from builders import some_content
from desk_browsing import send, sign_in
from handoff_portal.conduct.actions import templates
from handoff_portal.conduct.actions.templates import NewTemplate
from handoff_portal.conduct.model.checking import check
from handoff_portal.conduct.model.guide import fitting, situations
from handoff_portal.conduct.model.templates import (
    Placeholder,
    State,
    TemplateChannel,
    fill,
    languages,
    missing,
    readable,
    too_familiar,
    unknown_places,
)
from handoff_portal.conduct.model.terms import Outcome
from handoff_portal.conduct.store import templates as store
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import TemplateId
from handoff_portal.core.permissions import Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague

TEXT = """Dear [name]

{agency} writes to you for {creditor} about the invoice {reference}. The amount that is open is {amount}.

{hardship} {dispute} {welcome}

Kind regards
{collector}"""


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal, some_content())


@pytest.fixture
def collector(at_work: AtWork) -> SignedIn:
    return a_colleague(at_work.portal, at_work.agency, Role.COLLECTOR)


def write(at_work: AtWork, actor: Actor, text: str = TEXT, country: str = "") -> TemplateId:
    new = NewTemplate(f"First letter {uuid4().hex[:6]}", TemplateChannel.EMAIL, "en", country, text)
    with at_work.portal.database.work(actor) as work:
        return templates.write(work, new)


def decide(at_work: AtWork, actor: Actor, wanted: TemplateId, *, approves: bool, note: str = "") -> None:
    with at_work.portal.database.work(actor) as work:
        templates.decide(work, wanted, approves=approves, note=note)


def test_only_known_placeholders_are_filled() -> None:
    filled = fill("{agency} {creditor} {else} {", "en", {Placeholder.AGENCY: "Lion {creditor}"})
    assert filled == "Lion {creditor} {creditor} {else} {"
    assert unknown_places("{agency} {customer_name} {}") == ["", "customer_name"]


def test_a_letter_says_who_for_whom_how_much_and_how_to_object_or_ask_for_help() -> None:
    assert missing(TEXT, TemplateChannel.LETTER) == []
    assert missing("Please pay.", TemplateChannel.LETTER) == [
        Placeholder.AGENCY,
        Placeholder.CREDITOR,
        Placeholder.REFERENCE,
        Placeholder.AMOUNT,
        Placeholder.DISPUTE,
        Placeholder.HARDSHIP,
        Placeholder.WELCOME,
    ]
    assert Placeholder.AMOUNT not in missing("Please call.", TemplateChannel.SMS)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("de", "Kannst du zahlen?", ["du"]),
        ("de", "Können Sie zahlen?", []),
        ("fr", "Salut, tu peux", ["Salut", "tu"]),
    ],
)
def test_familiar_words_are_pointed_out(language: str, text: str, found: list[str]) -> None:
    assert too_familiar(text, language) == found


def test_the_lines_that_the_portal_offers_are_formal_and_kind() -> None:
    for code, one in languages().items():
        assert all(too_familiar(line, code) == [] for line in one.lines.values())
    assert check(readable(TEXT, "en")).outcome is not Outcome.VIOLATION


def test_the_call_guide_asks_open_questions() -> None:
    for one in situations().values():
        assert 4 <= len(one.questions) <= 6
        for question in one.questions:
            assert re.match(r"(What|How|Which|Who|When) .*\?$", question), question


@pytest.mark.parametrize(
    ("kinds", "commercial", "key"),
    [
        ({"hardship", "dispute"}, True, "hardship"),
        ({"vulnerability"}, False, "hardship"),
        ({"dispute"}, True, "dispute"),
        ({"promise"}, True, "promise"),
        (set(), True, "commercial"),
        (set(), False, "first"),
    ],
)
def test_the_guide_opens_with_what_fits_the_case(kinds: set[str], *, commercial: bool, key: str) -> None:
    assert fitting(commercial=commercial, kinds=frozenset(kinds)) == key
    assert key in situations()


def test_a_template_is_used_only_after_somebody_else_approved_it(
    at_work: AtWork, collector: SignedIn
) -> None:
    supervisor = at_work.agency.actor
    wanted = write(at_work, collector.actor)
    with at_work.portal.database.work(supervisor) as work:
        assert templates.show(work, wanted).approved is None
    with pytest.raises(Forbidden):
        decide(at_work, collector.actor, wanted, approves=True)
    decide(at_work, supervisor, wanted, approves=True)
    with at_work.portal.database.work(supervisor) as work:
        version = templates.show(work, wanted).approved
    assert version is not None
    assert version.number == 1
    with pytest.raises(WrongState):
        decide(at_work, supervisor, wanted, approves=True)


def test_nobody_approves_what_they_wrote(at_work: AtWork) -> None:
    wanted = write(at_work, at_work.agency.actor)
    with pytest.raises(Forbidden):
        decide(at_work, at_work.agency.actor, wanted, approves=True)


def test_what_lacks_a_part_is_not_approved_but_sent_back_with_a_note(
    at_work: AtWork, collector: SignedIn
) -> None:
    wanted = write(at_work, collector.actor, "Please pay {amount}.")
    with pytest.raises(Invalid):
        decide(at_work, at_work.agency.actor, wanted, approves=True)
    with pytest.raises(Invalid):
        decide(at_work, at_work.agency.actor, wanted, approves=False)
    decide(at_work, at_work.agency.actor, wanted, approves=False, note="Say who we are.")
    with at_work.portal.database.work(collector.actor) as work:
        newest = templates.show(work, wanted).versions[0]
    assert (newest.state, newest.note) == (State.SENT_BACK, "Say who we are.")


def test_a_new_version_replaces_the_old_one_only_when_it_is_approved(
    at_work: AtWork, collector: SignedIn
) -> None:
    supervisor = at_work.agency.actor
    wanted = write(at_work, collector.actor)
    decide(at_work, supervisor, wanted, approves=True)
    with at_work.portal.database.work(collector.actor) as work:
        templates.rewrite(work, wanted, TEXT + " again")
    with at_work.portal.database.work(collector.actor) as work, pytest.raises(WrongState):
        templates.rewrite(work, wanted, TEXT + " twice")
    with at_work.portal.database.work(supervisor) as work:
        found = templates.show(work, wanted)
    assert found.approved is not None
    assert (found.approved.number, [one.number for one in found.versions]) == (1, [2, 1])
    decide(at_work, supervisor, wanted, approves=True)
    with at_work.portal.database.work(supervisor) as work:
        approved = templates.show(work, wanted).approved
        assert approved is not None
        assert approved.number == 2
        templates.retire(work, wanted)
    with at_work.portal.database.work(supervisor) as work:
        assert templates.show(work, wanted).approved is None
        assert wanted not in {one.id for one in templates.list_all(work)}


def test_of_two_versions_at_the_same_moment_one_is_refused_kindly(
    at_work: AtWork, collector: SignedIn
) -> None:
    wanted = write(at_work, collector.actor)
    decide(at_work, at_work.agency.actor, wanted, approves=True)
    database = at_work.portal.database
    with database.work(collector.actor) as work:
        before = templates.show(work, wanted)
    with database.work(collector.actor) as work:
        templates.rewrite(work, wanted, TEXT + " one")
    with pytest.raises(WrongState), database.work(collector.actor) as work:
        store.add_version(work, wanted, *templates.next_version(work, before, TEXT + " two"))


def test_no_other_agency_and_no_business_sees_a_template(at_work: AtWork, collector: SignedIn) -> None:
    wanted = write(at_work, collector.actor)
    stranger = a_case_at_work(at_work.portal, some_content())
    with at_work.portal.database.work(stranger.agency.actor) as work, pytest.raises(NotFound):
        templates.show(work, wanted)
    with at_work.portal.database.work(at_work.business.actor) as work, pytest.raises(Forbidden):
        templates.show(work, wanted)


def test_an_approved_template_is_filled_with_the_case_and_opens_in_the_composer(
    at_work: AtWork, collector: SignedIn, client: TestClient[Litestar]
) -> None:
    here = f"/cases/{at_work.case}/templates"
    decide(at_work, at_work.agency.actor, write(at_work, collector.actor), approves=True)
    elsewhere = write(at_work, collector.actor, "Elsewhere. " + TEXT, country="AU")
    decide(at_work, at_work.agency.actor, elsewhere, approves=True)
    sign_in(client, collector)
    shown = client.get(here).text
    case = at_work.look(collector.actor)
    assert f"about the invoice {case.reference}" in shown
    assert f"for {at_work.business.actor.org_name} about" in shown
    assert "SGD" in shown
    assert "Elsewhere" not in shown
    opened = send(client, at_work, "/words", text="Dear [name]", channel="email", direction="out")
    area = re.search(r'<textarea[^>]*id="f-text"[^>]*>([^<]*)<', opened.text)
    assert area is not None
    assert area[1] == "Dear [name]"
    sign_in(client, at_work.business)
    assert client.get(here).status_code == 403


def test_templates_are_written_and_approved_on_their_pages(
    at_work: AtWork, collector: SignedIn, client: TestClient[Litestar]
) -> None:
    sign_in(client, collector)
    form = {"name": "Second letter", "channel": "letter", "language": "en", "country": "", "text": TEXT}
    form["csrf_token"] = _token(client.get("/templates/new").text)
    assert client.post("/templates/new", data={**form, "text": "{nonsense}"}).status_code == 422
    made = client.post("/templates/new", data=form, follow_redirects=False)
    path = made.headers["location"]
    assert "Waits for approval" in client.get("/templates").text
    sign_in(client, at_work.agency)
    shown = client.get(path).text
    assert "It says all that it has to" in shown
    sent = {"csrf_token": _token(shown), "decision": "approve", "note": ""}
    assert client.post(f"{path}/decide", data=sent, follow_redirects=False).status_code == 303
    assert "In use" in client.get("/templates").text
    again = {"csrf_token": _token(client.get(path).text)}
    assert client.post(f"{path}/retire", data=again, follow_redirects=False).status_code == 303
    assert "Second letter" not in client.get("/templates").text


def _token(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found is not None
    return found[1]
