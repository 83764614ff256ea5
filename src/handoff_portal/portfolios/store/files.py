"""Rows of the files of portfolios."""

from sqlalchemy import func, insert, select, update

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.core.ids import PortfolioFileId, PortfolioId
from handoff_portal.portfolios.model.portfolio import State, UploadedFile
from handoff_portal.portfolios.store.tables import FILE, PORTFOLIO


def add_file(work: Work, portfolio: PortfolioId, made: PortfolioFileId, key: str, sealed_name: bytes) -> None:
    """Insert a file that begins to arrive; the event follows when it is whole."""
    number = select(func.count()).where(FILE.c.portfolio_id == portfolio).scalar_subquery()
    work.keep_house(
        insert(FILE).values(
            id=made,
            portfolio_id=portfolio,
            business_id=work.actor.org,
            state="uploading",
            object_key=key,
            sealed_name=sealed_name,
            position=number,
            made_at=work.now,
        )
    )


def save_file(work: Work, made: PortfolioFileId, size: int, sha256: bytes) -> bool:
    """Make a file count; the portfolio is saved with the event beside it. False if it was cleared away."""
    arrived = (FILE.c.id == made) & (FILE.c.state == "uploading")
    kept = work.keep_house(update(FILE).where(arrived).values(state="stored", size=size, sha256=sha256))
    return kept.rowcount == 1


def drop_file(work: Work, made: PortfolioFileId) -> None:
    """Note that a file did not arrive; its object is gone."""
    work.keep_house(update(FILE).where(FILE.c.id == made).values(state="cleared"))


def take_out(work: Work, portfolio: PortfolioId, wanted: PortfolioFileId) -> str | None:
    """Let a whole file count no more; gives where its sealed bytes are, None if there is no such file.

    The portfolio is saved with the event beside it. What is left of the file goes with the portfolio, should
    nobody come to note that its object is gone.
    """
    mine = (FILE.c.id == wanted) & (FILE.c.portfolio_id == portfolio) & FILE.c.sha256.is_not(None)
    query = select(FILE.c.object_key).where(mine, FILE.c.state == "stored")
    key: str | None = work.read(query).scalar_one_or_none()
    if key is not None:
        work.keep_house(update(FILE).where(mine).values(sha256=None, size=0))
    return key


def list_files(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> list[UploadedFile]:
    """The files of a portfolio in the order they were sent, without those that did not arrive."""
    query = select(FILE).where(FILE.c.portfolio_id == portfolio).order_by(FILE.c.position)
    return [
        UploadedFile(
            PortfolioFileId(row["id"]),
            key.file(row["id"]).open_meta("sealed_name", row["sealed_name"]).decode(),
            row["size"],
            row["sha256"],
            row["state"] == "stored",
        )
        for row in work.read(query).mappings()
        if row["sha256"] is not None or row["state"] == "uploading"
    ]


def list_object_keys(work: Work, portfolio: PortfolioId) -> list[str]:
    """Where the sealed bytes of its files are."""
    query = select(FILE.c.object_key).where(FILE.c.portfolio_id == portfolio, FILE.c.state != "cleared")
    return list(work.read(query).scalars())


def note_cleared(work: Work, portfolio: PortfolioId) -> None:
    """Say that the objects of its files are gone."""
    work.keep_house(update(FILE).where(FILE.c.portfolio_id == portfolio).values(state="cleared"))


def find_same_file(work: Work, portfolio: PortfolioId, digests: list[bytes]) -> PortfolioId | None:
    """An earlier portfolio of the same business, committed, that had one of these very files."""
    query = (
        select(FILE.c.portfolio_id)
        .join(PORTFOLIO, PORTFOLIO.c.id == FILE.c.portfolio_id)
        .where(
            FILE.c.sha256.in_(digests),
            FILE.c.portfolio_id != portfolio,
            PORTFOLIO.c.state == State.DONE.value,
            PORTFOLIO.c.business_id
            == select(PORTFOLIO.c.business_id).where(PORTFOLIO.c.id == portfolio).scalar_subquery(),
        )
        .limit(1)
    )
    found = work.read(query).scalar_one_or_none()
    return PortfolioId(found) if found else None
