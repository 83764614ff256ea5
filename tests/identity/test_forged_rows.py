"""Rows that the database's administrator writes to be somebody count as not there, and events say so."""

import ast
import hashlib
import secrets
from datetime import timedelta
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text

from handoff_portal.adapters.database import Door, bell, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.core.actor import Origin
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.actions.sessions import resolve
from handoff_portal.identity.model.events import PersonEdited
from handoff_portal.identity.model.links import encode_token
from handoff_portal.identity.store import people
from handoff_portal.identity.store.organisations import PERSON
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from identity.rogue import Open, Rogue, inside, session_of, signed_in
from identity.walks import Clock, somebody

WITHOUT_SESSION = {("portfolios/actions/acting.py", "acting_for")}
"""The worker names whom it works for; it goes through its own door, where no session counts."""


def test_an_inserted_session_signs_nobody_in(house: Portal, browsing: Open, rogue: Rogue) -> None:
    """With a code of the attacker's own, genuine session, which is the best there is to copy."""
    victim, attacker = somebody(house), somebody(house)
    own = session_of(house, signed_in(browsing, attacker))
    token, made = secrets.token_bytes(32), uuid4()
    rogue.run(
        "insert into session (id, token_hash, person_id, org_id, stage, created_at, stepped_up_at, "
        "last_seen_at, idle_expires_at, expires_at, mac) select %s, %s, %s, %s, stage, created_at, "
        "stepped_up_at, last_seen_at, idle_expires_at, expires_at, mac from session where id = %s",
        made, hashlib.sha256(token).digest(), victim.person, victim.organisation.id, own,
    )  # fmt: skip
    browser = browsing()
    browser.carry(encode_token(token))
    assert not inside(browser)
    assert rogue.refused("session", made) == 1


@pytest.mark.parametrize(
    "change",
    [
        "person_id = %(person)s, org_id = %(org)s",
        "org_id = %(org)s",
        "token_hash = token_hash || '' , stepped_up_at = now() + interval '1 year'",
        "expires_at = now() + interval '1 year'",
        "idle_expires_at = now() + interval '11 hours'",
        "mac = decode(repeat('00', 32), 'hex')",
    ],
)
def test_a_changed_session_ends(house: Portal, browsing: Open, rogue: Rogue, change: LiteralString) -> None:
    victim, attacker = somebody(house), somebody(house)
    browser = signed_in(browsing, attacker)
    session = session_of(house, browser)
    values = {"person": victim.person, "org": victim.organisation.id, "id": session}
    rogue.change("session", change, values)
    assert not inside(browser)
    assert rogue.refused("session", session) == 1


def test_a_password_stage_cannot_be_made_a_full_session(house: Portal, browsing: Open, rogue: Rogue) -> None:
    victim = somebody(house)
    browser = browsing()
    browser.give_password(victim.email)
    changed = rogue.connection.execute(
        "update session set stage = 'full' where person_id = %s and revoked_at is null returning id",
        (victim.person,),
    ).fetchall()
    assert not inside(browser)
    assert sum(rogue.refused("session", row[0]) for row in changed) == 1


def test_an_ended_session_cannot_be_revived(house: Portal, browsing: Open, rogue: Rogue) -> None:
    who = somebody(house)
    browser = signed_in(browsing, who)
    token, session = browser.session, session_of(house, browser)
    browser.post("/sign-out", page="/account")
    with pytest.raises(psycopg.errors.CheckViolation):
        rogue.run("update session set revoked_at = null where id = %s", session)
    rogue.run(
        "update session set revoked_at = null, mac = (select mac from person limit 1) where id = %s", session
    )
    browser.carry(token)
    assert not inside(browser)
    assert rogue.refused("session", session) == 1


@pytest.mark.parametrize(
    "change",
    [
        "org_id = %(org)s",
        "roles = roles || '{compliance_officer}'",
        "roles = '{}'",
        "email = 'other-' || email",
        "name = 'Somebody Else'",
        "role_version = role_version + 1",
    ],
)
def test_a_changed_person_is_nobody(
    house: Portal, browsing: Open, rogue: Rogue, change: LiteralString
) -> None:
    victim, attacker = somebody(house), somebody(house, OrgKind.BUSINESS, Role.BUSINESS_MEMBER)
    browser = signed_in(browsing, attacker)
    values = {"org": victim.organisation.id, "id": attacker.person}
    rogue.change("person", change, values)
    assert not inside(browser)
    other = browsing()
    other.give_password("other-" + attacker.email if "email" in change else attacker.email)
    assert not other.session
    assert rogue.refused("person", attacker.person) == 1


def test_a_person_who_was_disabled_cannot_be_let_in_again(
    house: Portal, browsing: Open, rogue: Rogue
) -> None:
    who = somebody(house)
    with house.database.gate(Origin()) as work:
        people.rewrite(work, who.person, PersonEdited(person=who.person), state="disabled")
    rogue.run("update person set state = 'active' where id = %s", who.person)
    browser = browsing()
    browser.give_password(who.email)
    assert not browser.session
    assert rogue.refused("person", who.person) == 1


def test_an_organisation_cannot_become_the_operator(house: Portal, browsing: Open, rogue: Rogue) -> None:
    attacker = somebody(house, OrgKind.AGENCY)
    browser = signed_in(browsing, attacker)
    rogue.run("update organisation set kind = 'operator' where id = %s", attacker.organisation.id)
    assert not inside(browser)
    assert rogue.refused("organisation", attacker.organisation.id) == 1


def test_an_honest_change_does_not_make_a_forged_row_good(house: Portal, rogue: Rogue) -> None:
    who = somebody(house)
    rogue.run("update person set roles = '{business_admin,compliance_officer}' where id = %s", who.person)
    with pytest.raises(NotFound), house.database.gate(Origin()) as work:
        people.set_details(work, who.person, "Ines T", "Asia/Singapore", PersonEdited(person=who.person))
    assert rogue.refused("person", who.person) == 1


def test_a_forged_row_is_told_once_an_hour(house: Portal, browsing: Open, rogue: Rogue, clock: Clock) -> None:
    who = somebody(house)
    browser = signed_in(browsing, who)
    rogue.run("update person set roles = '{}' where id = %s", who.person)
    for _ in range(5):
        assert not inside(browser)
    assert rogue.refused("person", who.person) == 1
    clock.pass_time(minutes=61)
    browser.give_password(who.email)
    assert rogue.refused("person", who.person) == 2


def test_a_thousand_forged_rows_do_not_flood_the_log(house: Portal, rogue: Rogue) -> None:
    who, code = somebody(house), secrets.token_bytes(32)
    now = house.database.clock()
    tokens = [secrets.token_bytes(32) for _ in range(bell.MOST + 10)]
    made = [uuid4() for _ in tokens]
    for one, session in zip(tokens, made, strict=True):
        rogue.run(
            "insert into session (id, token_hash, person_id, org_id, stage, created_at, last_seen_at, "
            "idle_expires_at, expires_at, mac) values (%s, %s, %s, %s, 'full', %s, %s, %s, %s, %s)",
            session, hashlib.sha256(one).digest(), who.person, who.organisation.id, now, now,
            now + timedelta(minutes=9), now + timedelta(hours=9), code,
        )  # fmt: skip
        assert resolve(house.database, one, Origin()).actor is None
    assert sum(rogue.refused("session", session) for session in made) == bell.MOST


def test_an_agency_under_a_stolen_name_is_not_in_the_directory(
    house: Portal, browsing: Open, rogue: Rogue
) -> None:
    business, good, bad = somebody(house), somebody(house, OrgKind.AGENCY), somebody(house, OrgKind.AGENCY)
    browser = signed_in(browsing, business)
    rogue.change("organisation", "name = 'Harbourside Kind Receivables'", {"id": bad.organisation.id})
    assert good.organisation.name in browser.get(f"/agencies?q={good.organisation.name}").text
    listed = browser.get("/agencies?q=Harbourside").text
    assert str(bad.organisation.id) not in listed
    assert browser.get(f"/agencies/{bad.organisation.id}").status_code == 404
    assert rogue.refused("organisation", bad.organisation.id) == 1


def test_nobody_becomes_an_actor_but_through_the_one_place_that_asks_for_genuine_rows() -> None:
    """Row-level security believes the session's row, so no unit of work may be opened for one that failed."""
    makers = [
        (path.relative_to(ROOT / "src" / "handoff_portal").as_posix(), function.name)
        for path in (ROOT / "src").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"Actor", "Pending"}
    ]
    assert set(makers) == {("identity/actions/sessions.py", "resolve"), *WITHOUT_SESSION}


def test_the_database_alone_would_believe_a_forged_session(house: Portal, rogue: Rogue) -> None:
    """What row-level security sees and what the portal sees: the reason why the portal looks first."""
    victim, token = somebody(house), secrets.token_bytes(32)
    hashed, now = hashlib.sha256(token).digest(), house.database.clock()
    rogue.run(
        "insert into session (id, token_hash, person_id, org_id, stage, created_at, last_seen_at, "
        "idle_expires_at, expires_at, mac) values (%s, %s, %s, %s, 'full', %s, %s, %s, %s, %s)",
        uuid4(), hashed, victim.person, victim.organisation.id, now, now,
        now + timedelta(minutes=9), now + timedelta(hours=9), bytes(32),
    )  # fmt: skip
    with house.database.engine(Door.APP).connect() as connection:
        connection.execute(text("select set_config('app.session', :it, true)"), {"it": hashed.hex()})
        assert connection.execute(text("select ctx_org()")).scalar_one() == victim.organisation.id
    found = resolve(house.database, token, Origin())
    assert (found.actor, found.pending) == (None, None)


def test_what_remains_a_genuine_row_that_is_put_back_as_it_was_counts_again(
    house: Portal, browsing: Open, rogue: Rogue
) -> None:
    """Said in docs/decisions/signed-rows.md; whoever does it needs the row as it was, code and all."""
    who = somebody(house)
    browser = signed_in(browsing, who)
    token, session = browser.session, session_of(house, browser)
    kept = rogue.connection.execute("select mac from session where id = %s", (session,)).fetchone()
    assert kept
    browser.post("/sign-out", page="/account")
    browser.carry(token)
    assert not inside(browser)
    rogue.run("update session set revoked_at = null, mac = %s where id = %s", kept[0], session)
    assert inside(browser)


def test_a_genuine_row_of_somebody_else_is_no_answer(house: Portal, rogue: Rogue) -> None:
    """The owner of the database can make a view of a table that gives any row to any question."""
    asked, answered = somebody(house), somebody(house)
    query = select(PERSON).where(PERSON.c.id == answered.person)
    with house.database.gate(Origin()) as work:
        row = work.read(query).mappings().one()
        assert genuine(work, rows.PERSON, row, id=answered.person)
        assert not genuine(work, rows.PERSON, row, id=asked.person)
        assert not genuine(work, rows.PERSON, row, email=asked.email)
    assert rogue.refused("person", answered.person) == 1
