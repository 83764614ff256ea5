"""Uploading, scheduling and withdrawing rule files: the operator's compliance officer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.parsing.sandbox import Unreadable
from handoff_portal.core.events import Code
from handoff_portal.core.ids import OrgId, RulesId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound, WrongState
from handoff_portal.guard.actions.rules import in_force, show_version
from handoff_portal.guard.book import SHIPPED, open_book
from handoff_portal.guard.model.rulefile import NAME, BadRuleFile, rules_of
from handoff_portal.guard.model.rules import RuleFile
from handoff_portal.guard.model.values import BadValue
from handoff_portal.guard.model.vectors import vectors_of
from handoff_portal.guard.model.versions import (
    RulesRefused,
    RulesScheduled,
    RulesState,
    RulesUploaded,
    RulesVersion,
    RulesWithdrawn,
    require_schedulable,
)
from handoff_portal.guard.store import replays, versions
from handoff_portal.guard.store.replays import Replay
from handoff_portal.guard.untrusted import Plain
from handoff_portal.identity.actions.organisations import show_organisation

MONTH = timedelta(days=30)
"""How far back contacts are judged."""
MOST_VECTORS = 2000
MOST_AGENCIES = 25
_VERSION = re.compile(r"[0-9][A-Za-z0-9_.-]{0,39}")
Reader = Callable[[bytes], Plain | Unreadable]
"""Reads YAML at arm's length (`guard.untrusted`)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What an officer uploads.

    Attributes:
        vectors: A file of vectors beside it, if there is one.
    """

    name: str
    content: bytes
    vectors: bytes | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was read.

    Attributes:
        rules: None if there are mistakes.
        mistakes: Each names rule, field, what is wrong and what was expected.
    """

    sent: Sent
    parsed: bytes = b""
    vectors: bytes | None = None
    rules: RuleFile | None = None
    mistakes: tuple[str, ...] = ()


def read_upload(read: Reader, sent: Sent) -> Upload:
    """Read a rule file and the vectors with it; all mistakes of both at once. Needs no database."""
    plain = read(sent.content)
    rules, mistakes = _rules(plain)
    vectors, wrong = (None, []) if sent.vectors is None else _vectors(read(sent.vectors))
    mistakes += wrong
    if isinstance(plain, Unreadable) or mistakes:
        return Upload(sent, mistakes=tuple(mistakes))
    return Upload(sent, plain.json.encode(), vectors, rules)


def _rules(plain: Plain | Unreadable) -> tuple[RuleFile | None, list[str]]:
    if isinstance(plain, Unreadable):
        return None, [_placed(plain.reason)]
    try:
        rules = rules_of(plain.content())
        open_book(rules)
    except BadRuleFile as bad:
        return None, list(bad.mistakes)
    if not _VERSION.fullmatch(rules.version):
        return None, [f"the file, version: {rules.version!r} must begin with a digit, such as 2026.12.1"]
    return rules, []


def _vectors(plain: Plain | Unreadable) -> tuple[bytes | None, list[str]]:
    if isinstance(plain, Unreadable):
        return None, [_placed(plain.reason, "the vectors")]
    try:
        found = vectors_of(plain.content())
    except BadValue as bad:
        return None, [str(bad).replace("the file", "the vectors")]
    wrong = [f"vector {one.id}, {mistake}" for one in found.bad for mistake in one.mistakes]
    wrong += [f"vector {one.id}, {name}: is not known" for one in found.read for name in one.remarks]
    wrong += [
        f"vector {one.id!r}, id: must be like the id of a rule"
        for one in found.read
        if not NAME.fullmatch(one.id)
    ]
    if len(found.read) > MOST_VECTORS:
        wrong.append(f"the vectors: are more than {MOST_VECTORS}; send fewer")
    return plain.json.encode(), wrong


def _placed(reason: str, what: str = "the file") -> str:
    return reason if reason.startswith("the file: ") else f"{what}: {reason}"


def upload(work: Work, read: Upload) -> RulesVersion | tuple[str, ...]:
    """Keep a file that was read without mistakes and have it checked; or the mistakes, which are recorded.

    Returns:
        The version, or what is wrong.
    """
    work.actor.require(Permission.RULES_CHANGE)
    mistakes, rules = read.mistakes, read.rules
    if rules and (rules.version == SHIPPED or versions.name_taken(work, rules.version)):
        mistakes = (f"the file, version: {rules.version} is taken; a version names one file for ever",)
    digest = sha256(read.sent.content).digest()
    if mistakes or rules is None:
        work.record(RulesRefused(sha256=digest, mistakes=len(mistakes)))
        return mistakes
    made = RulesVersion(
        id=RulesId(new_id()),
        version=rules.version,
        state=RulesState.CHECKING,
        compiled=rules.compiled.isoformat(),
        rules=len(rules.rules),
        sha256=digest,
        file_name=read.sent.name.encode(errors="replace").decode()[:120],
        uploaded_at=work.now,
        uploaded_by=work.actor.person,
        uploaded_name=work.actor.name,
    )
    _keep(work, made, read)
    return made


def _keep(work: Work, made: RulesVersion, read: Upload) -> None:
    if made.id is None:
        raise LookupError("only uploaded files are kept")
    opened = {"content": read.sent.content, "parsed": read.parsed, "vectors": read.vectors}
    event = RulesUploaded(rules=made.id, version=Code(made.version), sha256=made.sha256, count=made.rules)
    against = in_force(work, work.now).version
    replays.add(work, made, opened, against, work.now - MONTH, event)


def show_check(work: Work, one: RulesVersion) -> Replay | None:
    """What came of the checks of a file, or how far they are; None for the portal's own."""
    work.actor.require(Permission.RULES_CHANGE)
    return replays.find(work, one.id) if one.id else None


def agencies_of(work: Work, check: Replay) -> list[tuple[str, list[int]]]:
    """Agencies by name with contacts, blocked and newly blocked ones; the most blocked first."""
    work.actor.require(Permission.RULES_CHANGE)
    most = sorted(check.found.by_agency.items(), key=lambda one: (-one[1][1], -one[1][0], one[0]))
    return [(_name(work, OrgId(UUID(org))), counts) for org, counts in most[:MOST_AGENCIES]]


def _name(work: Work, org: OrgId) -> str:
    try:
        return show_organisation(work, org).name
    except NotFound:
        return "An agency that has left"


def schedule(
    work: Work, version: str, effective_at: datetime, zone: str, *, reason: str = "", seen: bool = False
) -> RulesVersion:
    """Have a checked file take effect at a moment; with a fresh code only.

    Args:
        work: The officer's.
        version: Which file.
        effective_at: The moment, UTC.
        zone: IANA zone in which the officer said it.
        reason: Why it counts although vectors fail under it.
        seen: Whether the officer looked at each of these.

    Raises:
        StepUpNeeded: The second factor was shown too long ago.
        NotFound: There is no such file.
        WrongState: It is not checked, was compared with rules that are no longer in force, or was decided on.
        Invalid: See `require_schedulable`.
    """
    work.actor.require(Permission.RULES_CHANGE)
    work.actor.require_fresh(work.now)
    before = show_version(work, version)
    check = show_check(work, before)
    if before.id is None:
        raise WrongState("These rules come with the portal and are in force from the beginning.")
    failing = check.found.failing if check and check.done else ()
    require_schedulable(before, effective_at, work.now, failing, reason, seen=seen)
    if check is None or not check.done:
        raise WrongState("The checks of this file are missing. Upload it again under a new version.")
    if check.found.undecided:
        raise WrongState(
            f"{len(check.found.undecided)} vectors cannot be decided under this file, so people would get "
            "no answer. Upload it corrected under a new version."
        )
    if versions.is_moment_taken(work, effective_at):
        raise WrongState(
            "Another file takes effect at this very moment. Choose another, or withdraw that one."
        )
    after = replace(
        before,
        state=RulesState.SCHEDULED,
        effective_at=effective_at,
        zone=zone,
        failing=failing,
        reason=reason.strip(),
    )
    event = RulesScheduled(
        rules=before.id,
        version=Code(before.version),
        sha256=before.sha256,
        effective_at=effective_at,
        failing=len(failing),
    )
    versions.save_decision(work, before, after, event)
    return after


def withdraw(work: Work, version: str) -> None:
    """Take a file back before it counts; with a fresh code, because rules that people rely on change.

    Raises:
        StepUpNeeded: The second factor was shown too long ago.
        NotFound: There is no such file.
        WrongState: It is or was in force, or has been withdrawn.
    """
    work.actor.require(Permission.RULES_CHANGE)
    work.actor.require_fresh(work.now)
    before = show_version(work, version)
    if before.id is None or not before.may_be_withdrawn(work.now):
        raise WrongState("Rules that have been in force stay as they are. Upload a file that follows them.")
    after = replace(before, state=RulesState.WITHDRAWN)
    event = RulesWithdrawn(rules=before.id, version=Code(before.version), was=before.state)
    versions.save_decision(work, before, after, event)
