"""docs/asvs.csv: which requirements of OWASP ASVS 5.0.0 are met, and that what it points at exists."""

import re
from collections import Counter

from handoff_portal.settings import ROOT
from security.reviewed import rows_of

ROWS = rows_of(ROOT / "docs" / "asvs.csv")
STATUS = {"met", "partly", "open", "n.a."}


def test_every_requirement_stands_once_with_level_and_status() -> None:
    assert not [one for one, times in Counter(row["id"] for row in ROWS).items() if times > 1]
    for row in ROWS:
        assert re.fullmatch(r"v5\.0\.0-\d+\.\d+\.\d+", row["id"])
        assert row["level"] in {"L1", "L2"}
        assert row["status"] in STATUS


def test_what_is_met_names_a_file_and_a_proof_or_a_reason() -> None:
    for row in ROWS:
        if row["status"] in {"met", "partly"}:
            assert row["where"], row["id"]
        assert row["proof"] or row["remark"], row["id"]


def test_every_file_that_is_named_exists() -> None:
    assert not [path for row in ROWS for path in row["where"].split() if not (ROOT / path).exists()]


def test_every_proof_that_is_named_exists() -> None:
    for row in ROWS:
        if row["proof"]:
            path, _, name = row["proof"].partition("::")
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), row["id"]
