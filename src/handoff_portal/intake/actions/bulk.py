"""How many new cases at once were judged, as a submitted draft keeps it."""

import json
from typing import Any

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.core.ids import OrgId
from handoff_portal.intake import store
from handoff_portal.intake.model.rules import Rule


class Judgements:
    """How many new cases were judged: sealed as it comes, inserted in the end."""

    __slots__ = ("_excepted", "_rows")

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._excepted: list[tuple[Any, ...]] = []

    def add(self, key: CaseKey, lines: bytes, facts: bytes) -> None:
        """Seal how one case was judged.

        Args:
            lines: From `encode_lines`.
            facts: JSON of `Profile.as_json`.
        """
        sealed = key.seal(Disclosure.FINANCIAL, store.LINES_COLUMN, lines)
        self._rows.append((key.case_id, facts.decode(), sealed))

    def excuse(self, key: CaseKey, rules: tuple[Rule, ...], reason: str, by: str) -> None:
        """Seal for which rules somebody took the responsibility in this case, and why."""
        words = json.dumps({"reason": reason, "by": by}, ensure_ascii=False).encode()
        for rule in rules:
            sealed = key.seal(Disclosure.IDENTITY, store.override_column(rule), words)
            self._excepted.append((key.case_id, rule.value, sealed))

    def insert(self, work: Work, own: OrgId, version: int) -> None:
        """Insert all of it; the caller records one event a case.

        Args:
            version: Of the escalation policy.
        """
        if self._rows:
            store.add_judgements(work, own, self._rows, version)
        if self._excepted:
            store.add_overrides(work, own, self._excepted)
