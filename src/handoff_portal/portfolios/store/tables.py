"""The tables of portfolios, as statements name them."""

from sqlalchemy import column, table

_COLUMNS = (
    "id",
    "business_id",
    "state",
    "wrapped",
    "key_version",
    "made_by",
    "made_at",
    "updated_at",
    "lease",
    "leased_until",
    "attempts",
    "phase_at",
    "rows_read",
    "accounts",
    "problems",
    "expected",
    "reason",
    "sealed_answers",
    "sealed_summary",
    "approved_by",
    "approved_at",
    "with_exceptions",
    "sealed_exception",
    "approval_mac",
    "ended_at",
    "receipt_id",
)
PORTFOLIO = table("portfolio", *map(column, _COLUMNS))
FILE = table(
    "portfolio_file",
    *map(
        column,
        (
            "id", "portfolio_id", "business_id", "state", "object_key", "size", "sha256", "sealed_name",
            "position", "made_at",
        ),
    ),
)  # fmt: skip
CHUNK = table(
    "portfolio_chunk",
    *map(
        column,
        (
            "portfolio_id", "business_id", "number", "state", "first_ordinal", "accounts", "sealed",
            "left_out", "reference_indexes", "made", "adjusted", "unchanged", "skipped", "sealed_lines",
            "committed_at",
        ),
    ),
)  # fmt: skip
PAPER = table(
    "portfolio_paper",
    *map(
        column,
        (
            "portfolio_id", "business_id", "number", "state", "kind", "size", "ordinal", "case_id", "sealed",
            "digest", "settled_at",
        ),
    ),
)  # fmt: skip
