import re
from collections.abc import Callable
from typing import Any

import pytest

from handoff_portal.core.ids import PersonId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.store import organisations
from handoff_portal.web.portal import Portal
from identity.walks import (
    GOOD,
    Browsing,
    Clock,
    Enrolled,
    an_address,
    an_invitation,
    invitation_path,
    link_of,
    mails_of,
    somebody,
)

Open = Callable[..., Browsing]


@pytest.fixture
def admin(house: Portal) -> Enrolled:
    return somebody(house, OrgKind.AGENCY)


@pytest.fixture
def browser(admin: Enrolled, browsing: Open, clock: Clock) -> Browsing:
    made = browsing()
    made.sign_in(admin)
    clock.pass_time(seconds=30)
    return made


def person_with(house: Portal, email: str) -> PersonId:
    with house.database.worker() as work:
        found = organisations.find_person_by_email(work, email)
    assert found
    return found.id


def test_an_administrator_invites_a_colleague(house: Portal, browser: Browsing, browsing: Open) -> None:
    email = an_address()
    page = browser.post(
        "/people/invite", page="/people/invite", name="Kim Lee", email=email, roles=["collector"]
    )
    assert page.url.path == "/people"
    assert "Kim Lee gets a mail" in page.text
    assert "Invited" in page.text
    guest = browsing()
    page = guest.get(link_of(house, person_with(house, email), "invitation"))
    assert email in page.text


def test_mistakes_stand_at_their_fields(house: Portal, browser: Browsing) -> None:
    form = browser.get("/people/invite")
    page = browser.post("/people/invite", name="", email="nonsense", roles=["business_admin"])
    assert page.status_code == 422
    for field in ("name", "email"):
        assert f"f-{field}-error" in page.text
    browser.last = form
    page = browser.post("/people/invite", name="Kim", email=an_address(), roles=["operator_admin"])
    assert "In this organisation the roles are" in page.text
    browser.last = form
    taken = somebody(house).email
    page = browser.post("/people/invite", name="Kim", email=taken, roles=["collector"])
    assert "cannot be invited" in page.text


def test_a_fresh_link_ends_the_earlier_one(
    house: Portal, admin: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    _, email, token = an_invitation(house, OrgKind.AGENCY, organisation=admin.organisation)
    person = person_with(house, email)
    clock.pass_time(seconds=1)
    browser.post(f"/people/{person}/invite-again", page="/people")
    assert browsing().get(invitation_path(token)).status_code == 404
    fresh = link_of(house, person, "invitation")
    assert fresh != invitation_path(token)


def test_changed_roles_end_the_sessions_and_hold_at_once(
    house: Portal, admin: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    colleague = somebody(house, OrgKind.AGENCY, Role.AGENCY_ADMIN, organisation=admin.organisation)
    theirs = browsing()
    theirs.sign_in(colleague)
    assert theirs.get("/people").status_code == 200
    page = browser.post(
        f"/people/{colleague.person}", page=f"/people/{colleague.person}", roles=["collector"]
    )
    assert "are changed" in page.text
    assert theirs.get("/people").url.path == "/sign-in"
    assert "roles_changed" in mails_of(house, colleague.person)
    clock.pass_time(seconds=30)
    theirs.sign_in(colleague)
    assert theirs.get("/people").status_code == 403


def test_a_disabled_person_is_out_at_once_and_stays_out(
    house: Portal, admin: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    colleague = somebody(house, OrgKind.AGENCY, Role.COLLECTOR, organisation=admin.organisation)
    theirs = browsing()
    theirs.sign_in(colleague)
    browser.get(f"/people/{colleague.person}")
    page = browser.post(f"/people/{colleague.person}/disable")
    assert "can no longer sign in" in page.text
    assert theirs.get("/account").url.path == "/sign-in"
    clock.pass_time(seconds=30)
    assert browsing().give_password(colleague.email).status_code == 422


def test_a_person_who_was_kept_out_comes_back_with_their_own_factors(
    house: Portal, admin: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    colleague = somebody(house, OrgKind.AGENCY, Role.COLLECTOR, organisation=admin.organisation)
    browser.post(f"/people/{colleague.person}/disable", page=f"/people/{colleague.person}")
    page = browser.get(f"/people/{colleague.person}")
    assert "Let them in" in page.text
    page = browser.post(f"/people/{colleague.person}/enable")
    assert "can sign in again" in page.text
    assert "account_enabled" in mails_of(house, colleague.person)
    clock.pass_time(seconds=30)
    theirs = browsing()
    assert theirs.sign_in(colleague).url.path == "/"
    page = browser.post(f"/people/{colleague.person}/enable", page=f"/people/{colleague.person}")
    assert page.status_code == 409


def test_who_had_not_enrolled_comes_back_by_a_fresh_invitation(
    house: Portal, admin: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    _, email, token = an_invitation(house, OrgKind.AGENCY, organisation=admin.organisation)
    person = person_with(house, email)
    clock.pass_time(seconds=1)
    browser.post(f"/people/{person}/disable", page=f"/people/{person}")
    assert browsing().get(invitation_path(token)).status_code == 404
    page = browser.post(f"/people/{person}/enable", page=f"/people/{person}")
    assert "gets a fresh invitation" in page.text
    assert browsing().get(invitation_path(token)).status_code == 404
    assert browsing().get(link_of(house, person, "invitation")).status_code == 200


def test_the_last_administrator_and_oneself_cannot_be_changed(
    house: Portal, admin: Enrolled, browser: Browsing
) -> None:
    page = browser.post(f"/people/{admin.person}", page="/people", roles=["collector"])
    assert page.status_code == 409
    browser.get("/people")
    assert browser.post(f"/people/{admin.person}/disable").status_code == 409
    assert mails_of(house, admin.person) == ["invitation"]


def test_people_of_other_organisations_do_not_exist_here(house: Portal, browser: Browsing) -> None:
    stranger = somebody(house, OrgKind.AGENCY)
    assert browser.get(f"/people/{stranger.person}").status_code == 404
    browser.get("/people")
    assert stranger.email not in browser.get("/people").text
    for path in (f"/people/{stranger.person}", f"/people/{stranger.person}/disable"):
        assert browser.post(path, page="/people", roles=["collector"]).status_code == 404
    assert browser.post(f"/people/{stranger.person}/invite-again", page="/people").status_code == 404


def test_changing_people_needs_a_fresh_code(
    house: Portal, admin: Enrolled, browser: Browsing, clock: Clock
) -> None:
    colleague = somebody(house, OrgKind.AGENCY, Role.COLLECTOR, organisation=admin.organisation)
    browser.get("/people")
    clock.pass_time(minutes=6)
    people = browser.get("/people")
    assert browser.get(f"/people/{colleague.person}").url.path == "/step-up"
    browser.last = people
    page = browser.post(f"/people/{colleague.person}/disable")
    assert page.url.path == "/step-up"
    assert dict(page.url.params)["next"] == f"/people/{colleague.person}"


def test_members_neither_invite_nor_change_anybody(house: Portal, admin: Enrolled, browsing: Open) -> None:
    member = somebody(house, OrgKind.AGENCY, Role.COLLECTOR, organisation=admin.organisation)
    browser = browsing()
    browser.sign_in(member)
    for path in (
        "/people",
        "/people/invite",
        f"/people/{admin.person}",
        "/organisations",
        "/organisations/new",
    ):
        assert browser.get(path).status_code == 403, path
    account = browser.get("/account")
    for path in ("/people/invite", f"/people/{admin.person}/disable", "/organisations/new"):
        browser.last = account
        assert browser.post(path).status_code == 403, path


def test_the_operator_adds_an_organisation_with_its_first_administrator(
    house: Portal, browsing: Open
) -> None:
    operator = somebody(house, OrgKind.OPERATOR, Role.OPERATOR_ADMIN)
    browser = browsing()
    browser.sign_in(operator)
    email = an_address()
    fields: dict[str, Any] = {
        "kind": "agency",
        "name": "Merlion Recovery",
        "country": "SG",
        "time_zone": "Asia/Singapore",
        "currency": "SGD",
        "sector": "finance",
        "admin_name": "Farah Rahman",
    }
    page = browser.post("/organisations/new", page="/organisations/new", **fields, admin_email="no")
    assert page.status_code == 422
    assert 'value="Merlion Recovery"' in page.text
    taken = browser.post("/organisations/new", **fields, admin_email=operator.email)
    assert "f-admin_email-error" in taken.text
    page = browser.post("/organisations/new", **fields, admin_email=email)
    assert page.url.path == "/organisations"
    assert len(re.findall("Merlion Recovery</td>", page.text)) == 1
    guest = browsing()
    assert "Merlion Recovery" in guest.get(link_of(house, person_with(house, email), "invitation")).text
    assert guest.post("/enrol", password=GOOD).url.path == "/enrol/authenticator"


def test_only_the_operator_sees_organisations(browser: Browsing) -> None:
    assert browser.get("/organisations").status_code == 403
