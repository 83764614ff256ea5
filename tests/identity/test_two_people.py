from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from handoff_portal.adapters.database import Door
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.recovery_renewal import open_due
from handoff_portal.web.portal import Portal
from identity.helping import Cast
from identity.walks import Browsing, Clock, mails_of, somebody

Open = Callable[..., Browsing]


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


_APPROVED = text(
    "update factor_recovery set method = 'in_person', reference = 'X-1', checked_by = :a,"
    " checked_at = asked_at, approved_by = :o, approved_at = asked_at,"
    " opens_at = asked_at + cast(:waits as interval),"
    " expires_at = asked_at + interval '9 days' where id = :i"
)


def test_the_database_lets_no_request_open_before_its_day(cast: Cast) -> None:
    cast.ask()
    people = {"i": cast.id, "a": cast.admin.person, "o": cast.officer.person}
    with cast.house.database.engine(Door.GATE).connect() as connection, pytest.raises(IntegrityError):
        connection.execute(_APPROVED, {**people, "waits": "23 hours 59 minutes"})


def test_a_row_written_by_somebody_else_opens_nothing(cast: Cast) -> None:
    cast.ask()
    people = {"i": cast.id, "a": cast.admin.person, "o": cast.officer.person}
    with cast.house.database.engine(Door.GATE).begin() as connection:
        connection.execute(_APPROVED, {**people, "waits": "24 hours"})
    cast.clock.pass_time(hours=25)
    open_due(cast.house.database)
    assert "factor_recovery_link" not in mails_of(cast.house, cast.person.person)
