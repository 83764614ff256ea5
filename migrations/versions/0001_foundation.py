"""The first schema: tables, policies, grants and functions together, one file per feature."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).resolve().parents[1] / "sql"
IN_ORDER = (
    "context",
    "identity",
    "signing_in",
    "audit",
    "cases",
    "documents",
    "contacts",
    "intake",
    "case_rows",
    "agencies",
    "handoffs",
    "licence_stops",
    "recoveries",
    "portfolios",
    "portfolio_papers",
    "guard",
    "conduct",
    "templates",
)


def upgrade() -> None:
    """Create everything."""
    for name in IN_ORDER:
        _run((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def _run(statements: str) -> None:
    """Send a whole file as it stands: no parameter marks are looked for."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("the connection to the database was lost")
    connection.execute(statements)
