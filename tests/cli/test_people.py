"""The first organisations and people of a portal."""

import json
import re
from email import policy
from email.parser import BytesParser
from pathlib import Path

from cli.running import House
from handoff_portal.adapters.mail.delivery import deliver_waiting
from handoff_portal.app import build_portal
from handoff_portal.settings import read


def test_the_first_operator_is_added_and_its_officer_gets_a_mail_with_a_link(house: House) -> None:
    made = json.loads(
        house.run("organisation", "add", "operator", "Handoff Ltd", "--country", "GB",
                  "--time-zone", "Europe/London", "--currency", "GBP", "--json")
    )  # fmt: skip
    assert made["name"] == "Handoff Ltd"
    address = "samuel@operator.example.com"
    told = house.run(
        "person", "invite", made["id"], address.upper(), "Samuel Ong", "--role", "compliance_officer"
    )
    assert told == f"The worker mails {address} a link.\n"
    settings = read(house.environment)
    portal = build_portal(settings)
    deliver_waiting(portal.database, settings)
    portal.database.close()
    [mail] = [text for text in _mails(house) if text["To"] == address]
    link = re.search(r"http://house\.test/invitation/[A-Za-z0-9_-]{43}", mail.get_content())
    assert link
    assert "Samuel" not in mail.get_content()


def _mails(house: House) -> list:  # type: ignore[type-arg]
    folder = Path(house.environment["HANDOFF_SMTP_URL"].removeprefix("folder:"))
    return [BytesParser(policy=policy.default).parsebytes(one.read_bytes()) for one in folder.glob("*.eml")]


def test_a_second_migration_changes_nothing(house: House) -> None:
    assert house.run("migrate") == "The database is up to date.\n"
