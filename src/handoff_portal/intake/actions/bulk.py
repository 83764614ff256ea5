"""How many new cases at once were judged, as a submitted draft keeps it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.core.ids import OrgId
from handoff_portal.intake import store
from handoff_portal.intake.model.rules import Rule


@dataclass(frozen=True, slots=True)
class Judged:
    """One case as it was judged.

    Attributes:
        lines: From `encode_lines`.
        facts: JSON of `Profile.as_json`.
        excepted: Rules for which somebody took the responsibility, for this reason.
    """

    key: CaseKey
    lines: bytes
    facts: bytes
    excepted: tuple[Rule, ...] = ()
    reason: str = ""


def add_judgements(work: Work, own: OrgId, version: int, judged: Sequence[Judged]) -> None:
    """Seal and insert how new cases were judged, with the exceptions; the caller records one event a case.

    Args:
        version: Of the escalation policy.
    """
    rows = [
        (
            one.key.case_id,
            one.facts.decode(),
            one.key.seal(Disclosure.FINANCIAL, store.LINES_COLUMN, one.lines),
        )
        for one in judged
    ]
    store.add_judgements(work, own, rows, version)
    excepted = [row for one in judged for row in _excepted(work, one)]
    if excepted:
        store.add_overrides(work, own, excepted)


def _excepted(work: Work, one: Judged) -> list[tuple[UUID, str, bytes]]:
    words = json.dumps({"reason": one.reason, "by": work.actor.name}, ensure_ascii=False).encode()
    return [
        (
            one.key.case_id,
            rule.value,
            one.key.seal(Disclosure.IDENTITY, store.override_column(rule), words),
        )
        for rule in one.excepted
    ]
