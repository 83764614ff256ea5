"""Writes docs/permissions.md; run it with `PYTHONPATH=tests python -m security.permission_table`."""

from handoff_portal.core.permissions import ROLES_OF, OrgKind, Permission, permissions_of
from handoff_portal.settings import ROOT

PAGE = ROOT / "docs" / "permissions.md"

_HEAD = """# Who may do what

Generated from `src/handoff_portal/core/permissions.py`; write it anew with
`PYTHONPATH=tests .venv/bin/python -m security.permission_table`. A role gives a right; a record rule then
asks what the case is to the organisation (its own, held by it, offered to it), and row-level security asks
again. How every page answers every kind of person and relation stands in `tests/security/matrix.csv`.
"""


def table() -> str:
    """The page: one row per right, one column per role, grouped by kind of organisation."""
    columns = [(kind, role) for kind in OrgKind for role in sorted(ROLES_OF[kind])]
    names = [
        f"{kind.value}: {role.value.replace('_', ' ').removeprefix(kind.value + ' ')}"
        for kind, role in columns
    ]
    lines = [_HEAD, "| Right | " + " | ".join(names) + " |", "|---|" + ":-:|" * len(names)]
    for right in Permission:
        cells = ["yes" if right in permissions_of(kind, frozenset({role})) else "" for kind, role in columns]
        lines.append(f"| {right.value.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
