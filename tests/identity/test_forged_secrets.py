"""Passwords, second factors and links that the database's administrator moves or makes open nothing."""

import hashlib
import secrets
from datetime import timedelta
from uuid import uuid4

from handoff_portal.core.actor import Origin
from handoff_portal.identity.actions.resets import ask_reset
from handoff_portal.identity.model.links import encode_token
from handoff_portal.web.portal import Portal
from identity.rogue import Open, Rogue, inside, signed_in
from identity.walks import an_invitation, mails_of, somebody
from letters import mail_all


def test_passwords_cannot_be_swapped(house: Portal, browsing: Open, rogue: Rogue) -> None:
    victim, attacker = somebody(house), somebody(house)
    rogue.run(
        "update person v set password_hash = a.password_hash, pepper_kid = a.pepper_kid, "
        "password_changed_at = a.password_changed_at, password_mac = a.password_mac "
        "from person a where v.id = %s and a.id = %s",
        victim.person, attacker.person,
    )  # fmt: skip
    browser = browsing()
    assert browser.give_password(victim.email).status_code == 422
    assert not browser.session
    assert rogue.refused("person.password", victim.person) == 1


def test_authenticators_cannot_be_swapped(house: Portal, browsing: Open, rogue: Rogue) -> None:
    """Somebody who knows a password and has the database still lacks the second factor."""
    victim, attacker = somebody(house), somebody(house)
    rogue.run(
        "update totp v set sealed = a.sealed, last_counter = 0, confirmed_at = a.confirmed_at, mac = a.mac "
        "from totp a where v.person_id = %s and a.person_id = %s",
        victim.person, attacker.person,
    )  # fmt: skip
    browser = browsing()
    browser.give_password(victim.email)
    assert browser.give_code(attacker.code(house.database.clock())).status_code == 422
    assert not inside(browser)
    assert rogue.refused("totp", victim.person) == 1


def test_a_used_code_stays_used(house: Portal, browsing: Open, rogue: Rogue) -> None:
    who = somebody(house)
    signed_in(browsing, who)
    rogue.run("update totp set last_counter = 0 where person_id = %s", who.person)
    browser = browsing()
    browser.sign_in(who)
    assert not inside(browser)
    assert rogue.refused("totp", who.person) == 1


def test_recovery_codes_of_one_person_do_not_serve_another(
    house: Portal, browsing: Open, rogue: Rogue
) -> None:
    victim, attacker = somebody(house), somebody(house)
    rogue.run(
        "insert into recovery_code (person_id, code_hash, mac) select %s, code_hash, mac "
        "from recovery_code where person_id = %s",
        victim.person, attacker.person,
    )  # fmt: skip
    browser = browsing()
    browser.give_password(victim.email)
    assert browser.give_code(attacker.codes[0]).status_code == 422
    assert not inside(browser)
    assert rogue.refused("recovery_code", victim.person) == 1


def test_a_used_recovery_code_stays_used(house: Portal, browsing: Open, rogue: Rogue) -> None:
    who = somebody(house)
    browser = browsing()
    browser.give_password(who.email)
    browser.give_code(who.codes[0])
    assert inside(browser)
    rogue.run(
        "update recovery_code c set used_at = null, mac = (select mac from recovery_code o "
        "where o.person_id = c.person_id and o.mac is not null limit 1) "
        "where person_id = %s and used_at is not null",
        who.person,
    )  # fmt: skip
    again = browsing()
    again.give_password(who.email)
    assert again.give_code(who.codes[0]).status_code == 422
    assert rogue.refused("recovery_code", who.person) == 1


def test_an_invitation_cannot_be_forged(house: Portal, browsing: Open, rogue: Rogue) -> None:
    organisation, _email, real = an_invitation(house)
    token, made = secrets.token_bytes(32), uuid4()
    rogue.run(
        "insert into invitation (id, org_id, person_id, token_hash, created_at, expires_at, mac) "
        "select %s, org_id, person_id, %s, created_at, expires_at, mac from invitation where token_hash = %s",
        made, hashlib.sha256(token).digest(), hashlib.sha256(real).digest(),
    )  # fmt: skip
    browser = browsing()
    assert organisation.name not in browser.get(f"/invitation/{encode_token(token)}").text
    assert rogue.refused("invitation", made) == 1
    assert organisation.name in browser.get(f"/invitation/{encode_token(real)}").text


def test_an_invitation_does_not_lead_to_a_forged_person(house: Portal, browsing: Open, rogue: Rogue) -> None:
    organisation, email, token = an_invitation(house)
    rogue.run("update person set roles = '{business_admin,compliance_officer}' where email = %s", email)
    assert organisation.name not in browsing().get(f"/invitation/{encode_token(token)}").text


def test_a_reset_cannot_be_forged(house: Portal, browsing: Open, rogue: Rogue) -> None:
    victim = somebody(house)
    token, now = secrets.token_bytes(32), house.database.clock()
    rogue.run(
        "insert into password_reset (token_hash, person_id, created_at, expires_at, mac) "
        "values (%s, %s, %s, %s, (select mac from person where id = %s))",
        hashlib.sha256(token).digest(), victim.person, now, now + timedelta(minutes=30), victim.person,
    )  # fmt: skip
    answer = browsing().get(f"/password/reset/{encode_token(token)}")
    assert 'name="password"' not in answer.text
    assert rogue.refused("password_reset", victim.person) == 1


def test_a_mail_goes_to_nobody_else(house: Portal, rogue: Rogue) -> None:
    """Neither by another address nor by another receiver: a link in it would be theirs."""
    victim, attacker, moved = somebody(house), somebody(house), somebody(house)
    for who in (victim, moved):
        ask_reset(house.database, Origin(), who.email)
        assert "password_reset" in mails_of(house, who.person)
    rogue.run("update person set email = 'mine@example.net' where id = %s", victim.person)
    rogue.run("update outbox set person_id = %s where person_id = %s", attacker.person, moved.person)
    mail_all(house)
    failed = rogue.connection.execute(
        "select count(*) from outbox where template = 'password_reset' and failed_at is not null "
        "and sealed is null and person_id = any(%s)",
        ([victim.person, attacker.person],),
    ).fetchone()
    assert failed == (2,)
    assert rogue.refused("person", victim.person) == 1
