from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from handoff_portal.adapters import totp
from handoff_portal.adapters.database import Door
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.recovery_renewal import open_due
from handoff_portal.web.portal import Portal
from identity.walks import (
    GOOD,
    Browsing,
    Clock,
    Enrolled,
    link_of,
    mails_of,
    new_secret_of,
    somebody,
    value_of,
)

Open = Callable[..., Browsing]


@dataclass
class Cast:
    """Who has a part in it, each in a browser of their own, signed in but the person who lost everything."""

    person: Enrolled
    admin: Enrolled
    officer: Enrolled
    lost: Browsing
    at_admin: Browsing
    at_officer: Browsing
    clock: Clock
    house: Portal

    @property
    def id(self) -> str:
        with self.house.database.engine(Door.GATE).connect() as connection:
            query = text("select id from factor_recovery where person_id = :p order by asked_at desc limit 1")
            return str(connection.execute(query, {"p": self.person.person}).scalar_one())

    def ask(self) -> None:
        self.lost.give_password(self.person.email)
        assert self.lost.last is not None
        assert "I have lost my phone and my codes" in self.lost.last.text
        page = self.lost.post("/sign-in/lost", page="/sign-in/lost")
        assert page.status_code == 200
        assert "Help is on its way" in page.text

    def check(self) -> None:
        self.clock.pass_time(seconds=30)
        self.at_admin.step_up(self.admin)
        page = self.at_admin.post(
            f"/identity-checks/{self.id}/check",
            page=f"/identity-checks/{self.id}",
            method="in_person",
            reference="HR-2041",
        )
        assert "Your check is noted" in page.text

    def approve(self) -> None:
        self.clock.pass_time(seconds=30)
        self.at_officer.step_up(self.officer)
        page = self.at_officer.post(f"/identity-checks/{self.id}/approve", page=f"/identity-checks/{self.id}")
        assert "Approved" in page.text

    def wait(self) -> str:
        self.clock.pass_time(hours=24)
        open_due(self.house.database)
        return link_of(self.house, self.person.person, "factor_recovery_link")

    def ending(self) -> str | None:
        with self.house.database.engine(Door.GATE).connect() as connection:
            query = text("select ending from factor_recovery where id = :i")
            found: str | None = connection.execute(query, {"i": self.id}).scalar_one()
            return found


@pytest.fixture
def cast(house: Portal, browsing: Open, clock: Clock) -> Cast:
    person = somebody(house, OrgKind.AGENCY, Role.COLLECTOR)
    admin = somebody(house, OrgKind.AGENCY, Role.AGENCY_ADMIN, organisation=person.organisation)
    officer = somebody(house, OrgKind.OPERATOR, Role.COMPLIANCE_OFFICER)
    at_admin, at_officer = browsing(), browsing()
    at_admin.sign_in(admin)
    at_officer.sign_in(officer)
    return Cast(person, admin, officer, browsing(), at_admin, at_officer, clock, house)


def events_of(house: Portal, cast: Cast) -> list[str]:
    with house.database.engine(Door.SEQUENCER).connect() as connection:
        query = text(
            "select convert_from(leaf, 'UTF8') from audit_event"
            " where action like 'factor_recovery.%' order by ts"
        )
        leaves = connection.execute(query).scalars()
        return [leaf for leaf in leaves if cast.id in leaf]


def test_two_people_and_a_day_later_a_new_app_is_set_up(cast: Cast, browsing: Open) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    link = cast.wait()
    browser = browsing()
    page = browser.get(link)
    assert page.url.path == "/sign-in/new-factor"
    assert browser.post("/sign-in/new-factor", password="not this one at all").status_code == 422
    page = browser.post("/sign-in/new-factor", password=GOOD)
    assert page.url.path == "/sign-in/new-app"
    secret = new_secret_of(page.text)
    assert browser.post("/sign-in/new-app", code="000000").status_code == 422
    page = browser.post("/sign-in/new-app", code=totp.code_at(secret, cast.clock.now))
    assert page.status_code == 200
    assert page.text.count("<li><code>") == 10
    assert cast.ending() == "completed"
    assert browser.get("/account").url.path == "/sign-in"
    assert browsing().get(link).status_code == 404
    cast.clock.pass_time(seconds=30)
    again = browsing()
    again.give_password(cast.person.email)
    assert again.give_code(cast.person.code(cast.clock.now)).status_code == 422
    assert again.give_code(cast.person.codes[0]).status_code == 422
    assert again.give_code(totp.code_at(secret, cast.clock.now)).url.path == "/"
    for who in (cast.person, cast.admin, cast.officer):
        assert "factor_recovery_completed" in mails_of(cast.house, who.person)


def test_completion_ends_sessions_and_known_browsers(cast: Cast, browsing: Open) -> None:
    known = browsing()
    known.sign_in(cast.person)
    cast.clock.pass_time(minutes=1)
    cast.ask()
    cast.check()
    cast.approve()
    browser = browsing()
    browser.get(cast.wait())
    page = browser.post("/sign-in/new-factor", password=GOOD)
    secret = new_secret_of(page.text)
    browser.post("/sign-in/new-app", code=totp.code_at(secret, cast.clock.now))
    assert known.get("/account").url.path == "/sign-in"
    cast.clock.pass_time(seconds=30)
    before = mails_of(cast.house, cast.person.person).count("new_sign_in")
    known.give_password(cast.person.email)
    known.give_code(totp.code_at(secret, cast.clock.now))
    assert mails_of(cast.house, cast.person.person).count("new_sign_in") == before + 1


def test_the_link_comes_not_a_minute_before_its_day(cast: Cast) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    cast.clock.pass_time(hours=23, minutes=59)
    open_due(cast.house.database)
    assert "factor_recovery_link" not in mails_of(cast.house, cast.person.person)
    cast.clock.pass_time(minutes=1)
    open_due(cast.house.database)
    assert mails_of(cast.house, cast.person.person).count("factor_recovery_link") == 1


def test_everybody_is_told_at_every_step(cast: Cast) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    cast.wait()
    steps = ["asked", "checked", "approved"]
    for who in (cast.person, cast.admin):
        told = mails_of(cast.house, who.person)
        assert [mail for mail in told if mail.startswith("factor_recovery")][:3] == [
            f"factor_recovery_{step}" for step in steps
        ]
    assert "factor_recovery_opened" in mails_of(cast.house, cast.admin.person)
    assert "factor_recovery_checked" in mails_of(cast.house, cast.officer.person)
    said = "\n".join(events_of(cast.house, cast))
    assert "HR-2041" not in said
    for action in ("asked", "checked", "approved", "opened"):
        assert f"factor_recovery.{action}" in said


def test_showing_a_factor_ends_the_request(cast: Cast, browsing: Open) -> None:
    cast.ask()
    cast.check()
    cast.clock.pass_time(seconds=30)
    browsing().sign_in(cast.person)
    assert cast.ending() == "signed_in"
    assert "factor_recovery_stopped" in mails_of(cast.house, cast.admin.person)


def test_the_mailed_link_stops_it_without_signing_in_and_not_by_looking(cast: Cast, browsing: Open) -> None:
    cast.ask()
    stop = value_of(cast.house, cast.person.person, "factor_recovery_asked", "stop")
    browser = browsing()
    assert "Stop the request?" in browser.get(stop).text
    assert cast.ending() is None
    assert browser.post("/sign-in/stop-help").url.path == "/sign-in"
    assert cast.ending() == "by_person"
    assert browsing().get(stop).status_code == 404


@pytest.mark.parametrize("who", ["admin", "officer"])
def test_an_administrator_and_an_officer_can_stop_it(cast: Cast, who: str) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    browser = cast.at_admin if who == "admin" else cast.at_officer
    page = browser.post(f"/identity-checks/{cast.id}/stop", page=f"/identity-checks/{cast.id}")
    assert "is stopped" in page.text
    assert cast.ending() == f"by_{who}"
    cast.clock.pass_time(hours=25)
    open_due(cast.house.database)
    assert "factor_recovery_link" not in mails_of(cast.house, cast.person.person)


def test_a_session_that_still_lives_can_stop_it(cast: Cast, browsing: Open) -> None:
    known = browsing()
    known.sign_in(cast.person)
    cast.ask()
    page = known.get("/account")
    assert "Somebody says that your phone and codes are lost" in page.text
    known.post("/account/stop-help")
    assert cast.ending() == "by_person"


def test_only_the_right_password_can_ask(cast: Cast, browsing: Open) -> None:
    browser = browsing()
    assert browser.get("/sign-in/lost").url.path == "/sign-in"
    browser.give_password(cast.person.email, "not this one at all")
    assert browser.get("/sign-in/lost").url.path == "/sign-in"


def test_nobody_decides_alone_or_about_themselves(house: Portal, browsing: Open, clock: Clock) -> None:
    both = somebody(house, OrgKind.OPERATOR, Role.OPERATOR_ADMIN, Role.COMPLIANCE_OFFICER)
    person = somebody(house, OrgKind.OPERATOR, Role.COMPLIANCE_OFFICER, organisation=both.organisation)
    browser = browsing()
    browser.sign_in(both)
    cast = Cast(person, both, both, browsing(), browser, browser, clock, house)
    cast.ask()
    cast.check()
    clock.pass_time(seconds=30)
    browser.step_up(both)
    page = browser.get(f"/identity-checks/{cast.id}")
    assert "the second person is somebody else" in page.text
    assert browser.post(f"/identity-checks/{cast.id}/approve").status_code == 403
    alone = text(
        "update factor_recovery set approved_by = checked_by, approved_at = checked_at,"
        " opens_at = checked_at + interval '24 hours' where id = :i"
    )
    with house.database.engine(Door.GATE).connect() as connection, pytest.raises(IntegrityError):
        connection.execute(alone, {"i": cast.id})


def test_the_locked_out_only_administrator_is_checked_by_the_operators(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    only = somebody(house, OrgKind.BUSINESS, Role.BUSINESS_ADMIN)
    operator = somebody(house, OrgKind.OPERATOR, Role.OPERATOR_ADMIN)
    officer = somebody(house, OrgKind.OPERATOR, Role.COMPLIANCE_OFFICER, organisation=operator.organisation)
    at_operator, at_officer = browsing(), browsing()
    at_operator.sign_in(operator)
    at_officer.sign_in(officer)
    cast = Cast(only, operator, officer, browsing(), at_operator, at_officer, clock, house)
    cast.ask()
    assert "factor_recovery_asked" in mails_of(house, operator.person)
    cast.check()
    cast.approve()
    assert browsing().get(cast.wait()).status_code == 200


def test_the_operators_administrator_cannot_stand_in_for_one_who_is_there(cast: Cast, browsing: Open) -> None:
    operator = somebody(cast.house, OrgKind.OPERATOR, Role.OPERATOR_ADMIN)
    browser = browsing()
    browser.sign_in(operator)
    cast.ask()
    browser.get(f"/identity-checks/{cast.id}")
    page = browser.post(f"/identity-checks/{cast.id}/check", method="in_person", reference="HR-1")
    assert page.status_code == 403


def test_strangers_of_another_organisation_see_nothing(cast: Cast, browsing: Open) -> None:
    other = browsing()
    other.sign_in(somebody(cast.house, OrgKind.AGENCY))
    cast.ask()
    assert other.get(f"/identity-checks/{cast.id}").status_code == 404
    assert "Nobody needs help" in other.get("/identity-checks").text
    assert cast.person.organisation.name in cast.at_officer.get("/identity-checks").text


def test_a_reference_holds_a_number_and_no_name(cast: Cast) -> None:
    cast.ask()
    cast.at_admin.get(f"/identity-checks/{cast.id}")
    for reference in ("Kim Lee told me", "passport", "x"):
        page = cast.at_admin.post(
            f"/identity-checks/{cast.id}/check",
            page=f"/identity-checks/{cast.id}",
            method="call_back",
            reference=reference,
        )
        assert page.status_code == 422
        assert "f-reference-error" in page.text


def test_a_request_nobody_answers_lapses(cast: Cast) -> None:
    cast.ask()
    cast.clock.pass_time(days=7, minutes=1)
    open_due(cast.house.database)
    assert cast.ending() == "lapsed"
    assert "factor_recovery_stopped" in mails_of(cast.house, cast.person.person)


def test_the_password_alone_never_shows_the_new_secret(cast: Cast, browsing: Open) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    browser = browsing()
    browser.get(cast.wait())
    browser.post("/sign-in/new-factor", password=GOOD)
    thief = browsing()
    thief.give_password(cast.person.email)
    assert "qr-secret" not in thief.get("/enrol/authenticator").text
    assert "qr-secret" not in thief.get("/sign-in/new-app").text


def test_a_row_written_by_somebody_else_opens_nothing(cast: Cast) -> None:
    cast.ask()
    with cast.house.database.engine(Door.GATE).begin() as connection:
        query = (
            "update factor_recovery set method = 'in_person', reference = 'X-1', checked_by = :a,"
            " checked_at = asked_at, approved_by = :o, approved_at = asked_at,"
            " opens_at = asked_at + interval '24 hours', expires_at = asked_at + interval '9 days'"
            " where id = :i"
        )
        connection.execute(text(query), {"i": cast.id, "a": cast.admin.person, "o": cast.officer.person})
    cast.clock.pass_time(hours=25)
    open_due(cast.house.database)
    assert "factor_recovery_link" not in mails_of(cast.house, cast.person.person)
