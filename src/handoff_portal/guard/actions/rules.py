"""The rules in force at a moment, and the versions there are."""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from threading import Lock

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import RulesId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.guard.book import SHIPPED, open_book, shipped_book, shipped_rules
from handoff_portal.guard.model.deciding import Book
from handoff_portal.guard.model.rulefile import rules_of
from handoff_portal.guard.model.rules import RuleFile
from handoff_portal.guard.model.versions import RulesState, RulesVersion
from handoff_portal.guard.store import versions

_KEPT = 8
"""Opened files that a process keeps."""


def rules_at(work: Work, moment: datetime) -> Book:
    """The rules in force at a moment, with time zones and holidays; through any door.

    Which file it is is asked each time, so a new one counts at its very moment; what is in it is opened once.
    A file that somebody changed past the portal counts as not there, and the one before it stays; an event
    says so.

    Args:
        work: Any door that may read rule files.
        moment: Usually `work.now`; of a contact that was made earlier, when it was made.
    """
    for one in versions.list_in_force(work, moment):
        with suppress(NotFound):
            return book_of(work, one)
    return shipped_book()


def book_of(work: Work, one: RulesVersion) -> Book:
    """What decisions under this file are made from. Raises NotFound if its bytes are not those uploaded."""
    if one.id is None:
        return shipped_book()
    name = (one.id, one.sha256)
    with _LOCK:
        kept = _OPENED.get(name)
    if kept is None:
        kept = open_book(rules_of(json.loads(versions.open_part(work, one.id, "parsed") or b"{}")))
        with _LOCK:
            while len(_OPENED) >= _KEPT:
                _OPENED.pop(next(iter(_OPENED)))
            _OPENED[name] = kept
    return kept


def forget() -> None:
    """Open every file anew, as a fresh process does."""
    with _LOCK:
        _OPENED.clear()


_LOCK = Lock()
_OPENED: dict[tuple[RulesId, bytes], Book] = {}


def file_of(work: Work, one: RulesVersion) -> RuleFile:
    """The rules of a version."""
    return book_of(work, one).rules


def source_of(work: Work, one: RulesVersion) -> bytes:
    """The bytes of a file as it was uploaded, or as it comes with the portal."""
    if one.id is None:
        return shipped_rules()
    return versions.open_part(work, one.id, "content") or b""


def list_versions(work: Work) -> list[RulesVersion]:
    """Every version that this actor may know, the newest first, the portal's own last."""
    work.actor.require(Permission.RULES_READ)
    return [*versions.list_all(work), shipped_version()]


def list_waiting(work: Work) -> list[RulesVersion]:
    """Files that are tried, wait for a decision or for their moment; those to decide about first."""
    work.actor.require(Permission.RULES_CHANGE)
    found = [one for one in versions.list_all(work) if one.waits(work.now)]
    return sorted(found, key=lambda one: (_DECIDE_FIRST.index(one.state), one.effective_at or work.now))


_DECIDE_FIRST = (RulesState.CHECKED, RulesState.CHECKING, RulesState.SCHEDULED)


def show_version(work: Work, version: str) -> RulesVersion:
    """One version. Raises NotFound."""
    work.actor.require(Permission.RULES_READ)
    found = shipped_version() if version == SHIPPED else versions.find(work, version)
    if found is None:
        raise NotFound
    return found


def in_force(work: Work, moment: datetime) -> RulesVersion:
    """The version in force at a moment."""
    return next(versions.list_in_force(work, moment), shipped_version())


def before(work: Work, one: RulesVersion) -> RulesVersion:
    """The version that was in force until this one took its place; the portal's own has none but itself."""
    if one.effective_at is None:
        return shipped_version()
    return in_force(work, one.effective_at - timedelta(microseconds=1))


@lru_cache(maxsize=1)
def shipped_version() -> RulesVersion:
    """The version that comes with the portal: in force from the beginning."""
    rules, raw = shipped_book().rules, shipped_rules()
    return RulesVersion(
        id=None,
        version=rules.version,
        state=RulesState.SCHEDULED,
        compiled=rules.compiled.isoformat(),
        rules=len(rules.rules),
        sha256=sha256(raw).digest(),
        file_name=f"{SHIPPED}.yaml",
    )
