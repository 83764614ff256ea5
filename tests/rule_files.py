"""Rule files for tests: the portal's own with a change, uploaded by an officer, tried and put into force."""

import re
from datetime import datetime

from handoff_portal.contacts.actions.past import count_past, past_cases
from handoff_portal.core.actor import Actor
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.guard.actions import deciding
from handoff_portal.guard.actions.checking import Past, check_next
from handoff_portal.guard.actions.deciding import Sent, read_upload
from handoff_portal.guard.book import shipped_rules
from handoff_portal.guard.model.versions import RulesVersion
from handoff_portal.guard.untrusted import yaml_reader
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation

PAST = Past(count_past, past_cases)
NO_CALLS = """
  - id: HOUSE-SG-NO-CALLS
    jurisdiction: SG
    debts: both
    kind: ban
    force: house_policy
    effect: block
    certainty: n/a
    citation: House policy 12
    words: In Singapore we write and do not call.
    says:
      channels: [call]
"""
"""A stricter rule that the tests' customers in Singapore feel."""


def a_rule_file(version: str, more: str = NO_CALLS, *, changed: tuple[str, str] = ("", "")) -> bytes:
    """The portal's own file under another version, with a rule more and words replaced."""
    text = re.sub(r"(?m)^version: .*$", f"version: '{version}'", shipped_rules().decode(), count=1)
    assert changed[0] in text
    return (text.replace(*changed) if changed[0] else text).rstrip().encode() + b"\n" + more.encode()


def an_officer(portal: Portal) -> SignedIn:
    """A compliance officer of a fresh operator."""
    return a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)


def uploaded(portal: Portal, officer: Actor, content: bytes, vectors: bytes | None = None) -> RulesVersion:
    """A file that waits for its checks."""
    read = read_upload(yaml_reader().parse, Sent("rules.yaml", content, vectors))
    with portal.database.work(officer) as work:
        made = deciding.upload(work, read)
    assert isinstance(made, RulesVersion), made
    return made


def tried(portal: Portal) -> None:
    """Do what the worker does until no file waits."""
    while check_next(portal.database, PAST):
        pass


def in_force(portal: Portal, officer: Actor, content: bytes, at: datetime | None = None) -> RulesVersion:
    """A file that was tried and takes effect, now unless a moment is given."""
    made = uploaded(portal, officer, content)
    tried(portal)
    with portal.database.work(officer) as work:
        return deciding.schedule(
            work, made.version, at or work.now, "Asia/Singapore", reason="A house policy.", seen=True
        )
