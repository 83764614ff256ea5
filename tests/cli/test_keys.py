"""The master key by command: made once, never overwritten, rotated under a living portal."""

import base64
import json
import stat
from datetime import timedelta
from pathlib import Path

from builders import some_content
from cli.running import House, command
from handoff_builders import HeldCase, a_held_case
from handoff_portal.adapters import totp
from handoff_portal.adapters.mail.delivery import deliver_waiting
from handoff_portal.app import build_portal
from handoff_portal.cases.actions import cases
from handoff_portal.core.actor import Origin, Visitor
from handoff_portal.core.permissions import OrgKind
from handoff_portal.identity.actions.enrolment import enrol_directly
from handoff_portal.identity.actions.invitations import invite
from handoff_portal.identity.actions.sessions import resolve
from handoff_portal.identity.actions.sign_in import give_code, give_password
from handoff_portal.identity.model.credentials import Browser
from handoff_portal.settings import read
from handoff_portal.web.portal import Portal
from people import DEFAULT_ROLE, an_organisation

PASSWORD = "quiet marble otter lantern"


def test_a_key_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    made = command("keys", "create", str(path))
    assert made.stdout == f"Made {path}. Set HANDOFF_KEYS=file:{path}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.read_bytes()
    again = command("keys", "create", str(path))
    assert again.exit_code == 1
    assert again.stderr.startswith(f"Error: {path} exists; a key file is never overwritten.")
    assert path.read_bytes() == before


def test_a_folder_that_others_may_enter_gets_no_key_file(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    refused = command("keys", "create", str(tmp_path / "master.key"))
    assert refused.exit_code == 1
    assert f"chmod 700 {tmp_path}" in refused.stderr
    assert not (tmp_path / "master.key").exists()


def test_a_passphrase_in_the_environment_guards_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    assert (
        command("keys", "create", str(path), environment={"HANDOFF_KEYS_PASSPHRASE": "sesame"}).exit_code == 0
    )
    assert "kdf argon2id" in path.read_text("ascii")


def test_after_a_rotation_everything_still_opens_and_the_old_key_can_go(house: House) -> None:
    before = build_portal(read(house.environment))
    held = a_held_case(before)
    email, secret = _enrolled(before)
    with before.database.worker() as work:
        invite(
            work,
            held.business.actor.org,
            "waiting@example.com",
            "Who Waits",
            frozenset(held.business.actor.roles),
        )
    before.database.close()

    done = json.loads(house.run("keys", "rotate", "--json"))["rewrapped"]
    assert done > 10
    assert _blocks(house) == 2
    _everything_opens(house, held, email, secret, later=timedelta(seconds=60))

    _drop_old_block(house)
    _everything_opens(house, held, email, secret, later=timedelta(seconds=120))
    assert "are what was written" in house.run("audit", "check")


def _everything_opens(house: House, held: HeldCase, email: str, secret: bytes, *, later: timedelta) -> None:
    settings = read(house.environment)
    portal = build_portal(settings)
    now = portal.database.clock
    portal.database.clock = lambda: now() + later
    for side in (held.business, held.agency):
        with portal.database.work(side.actor) as work:
            customer = cases.read_customer(work, held.case, cases.open_key(work, held.case))
        assert customer is not None
        assert customer.name == some_content().customer.name
    browser, stranger = Browser(agent="test"), Visitor(Origin("10.9.8.7"))
    token = give_password(portal.database, portal.passwords, stranger, email, PASSWORD, browser)
    pending = resolve(portal.database, token, Origin()).pending
    assert pending is not None
    code = totp.code_at(secret, portal.database.clock())
    give_code(portal.database, stranger, pending, code, browser)
    deliver_waiting(portal.database, settings)
    assert list(Path(settings.smtp.removeprefix("folder:")).glob("invitation-*.eml"))
    portal.database.close()


def _enrolled(portal: Portal) -> tuple[str, bytes]:
    organisation = an_organisation(portal, OrgKind.BUSINESS)
    email = "rotation@example.com"
    with portal.database.worker() as work:
        token = invite(work, organisation.id, email, "Noor Aziz", frozenset({DEFAULT_ROLE[OrgKind.BUSINESS]}))
    enrolled = enrol_directly(portal.database, portal.passwords, token, PASSWORD)
    return email, base64.b32decode(enrolled.totp_secret)


def _key_file(house: House) -> Path:
    return Path(house.environment["HANDOFF_KEYS"].removeprefix("file:"))


def _blocks(house: House) -> int:
    return _key_file(house).read_text("ascii").count("kid ")


def _drop_old_block(house: House) -> None:
    """As docs/crypto/seal.md tells: keep the title and the first block."""
    lines = _key_file(house).read_text("ascii").splitlines(keepends=True)
    _key_file(house).write_text("".join(lines[:4]), "ascii")
