"""What the pages of a checked portfolio show, some at a time: accounts, problems, and what stayed out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.parsing.tables import TableFacts
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.portfolios.actions.deciding import choose_accounts
from handoff_portal.portfolios.actions.downloads import Download, bad_rows_file
from handoff_portal.portfolios.actions.showing import list_findings, list_portfolios, show_figures
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.account import Problem
from handoff_portal.portfolios.model.choosing import Plan, Show, fits, plan_of, was_left
from handoff_portal.portfolios.model.lines import Head, Layout
from handoff_portal.portfolios.model.portfolio import Figures, Portfolio, ReceiptLine, Staged, State
from handoff_portal.portfolios.store import choosing, staging

AT_ONCE = 50
_MOST_ORDINAL = 10**9


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of accounts.

    Attributes:
        lines: Ordinal, account, and whether it is chosen.
        following: Ordinal after which the next page begins; None on the last.
    """

    lines: tuple[tuple[int, Staged, bool], ...]
    following: int | None = None


@dataclass(frozen=True, slots=True)
class Problems:
    """One page of problems.

    Attributes:
        all: How many fit the filter.
        severities: How many there are of each, whatever the filter.
        columns: Number, header and problems of the columns that have the most.
        bad_rows: Rows that come back to be mended.
    """

    shown: tuple[Problem, ...]
    all: int
    severities: dict[str, int]
    columns: tuple[tuple[int, str, int], ...]
    bad_rows: int


def list_decidable(work: Work) -> list[Portfolio]:
    """Portfolios that wait for an answer or a decision of this business, the oldest first."""
    waits = {State.ASKING, State.WAITING}
    return [one for one in reversed(list_portfolios(work)) if one.state in waits]


def show_accounts(work: Work, portfolio: PortfolioId, show: Show, after: int = 0) -> Shown:
    """The next accounts that a filter finds, in the order of the file."""
    work.actor.require(Permission.CASE_READ)
    key = open_portfolio_key(work, portfolio)
    found: list[tuple[int, Staged, bool]] = []
    for chunk in staging.list_chunks(work, portfolio, key, after=after):
        for ordinal, staged in chunk.numbered():
            chosen = ordinal not in chunk.left_out
            if ordinal > after and fits(show, staged, chosen=chosen):
                if len(found) == AT_ONCE:
                    return Shown(tuple(found), found[-1][0])
                found.append((ordinal, staged, chosen))
    return Shown(tuple(found))


def show_account(work: Work, portfolio: PortfolioId, ordinal: int) -> Staged:
    """One account as it waits. Raises NotFound."""
    work.actor.require(Permission.CASE_READ)
    if not 0 < ordinal < _MOST_ORDINAL:
        raise NotFound
    key = open_portfolio_key(work, portfolio)
    for chunk in staging.list_chunks(work, portfolio, key, after=ordinal - 1, most=1):
        for number, staged in chunk.numbered():
            if number == ordinal:
                return staged
    raise NotFound


def choose_shown(work: Work, portfolio: PortfolioId, shown: Sequence[int], taken: Sequence[int]) -> int:
    """Of the accounts of one page take these and leave the others out; all other pages stay as they are.

    Returns:
        How many are left out now, of all.
    """
    out = {one for some in choosing.left_out(work, portfolio).values() for one in some}
    return _leave(work, portfolio, (out - set(shown)) | (set(shown) - set(taken)))


def choose_found(work: Work, portfolio: PortfolioId, show: Show, *, take: bool) -> int:
    """Take or leave out every account that a filter finds. Returns how many are left out now, of all."""
    work.actor.require(Permission.CASE_READ)
    key = open_portfolio_key(work, portfolio)
    out: set[int] = set()
    for chunk in staging.list_chunks(work, portfolio, key):
        out |= chunk.left_out
        for ordinal, staged in chunk.numbered():
            if fits(show, staged, chosen=ordinal not in chunk.left_out):
                out = out - {ordinal} if take else out | {ordinal}
    return _leave(work, portfolio, out)


def _leave(work: Work, portfolio: PortfolioId, out: set[int]) -> int:
    choose_accounts(work, portfolio, sorted(out))
    return len(out)


def show_plan(work: Work, portfolio: PortfolioId, figures: Figures) -> Plan:
    """What committing would do now; opens only the chunks of which something is left out."""
    work.actor.require(Permission.CASE_READ)
    key = open_portfolio_key(work, portfolio)
    out: list[Staged] = []
    for number, ordinals in choosing.left_out(work, portfolio).items():
        for chunk in staging.list_chunks(work, portfolio, key, first=number, most=1):
            out += [staged for ordinal, staged in chunk.numbered() if ordinal in ordinals]
    return plan_of(figures, out)


def show_problems(
    work: Work, portfolio: PortfolioId, severity: str = "", column: int = 0, page: int = 0
) -> Problems:
    """One page (from 0) of what is wrong, and figures of all of it.

    Args:
        column: Number of a column as `Problems.columns` gives it; 0 for all. Addresses carry the number: a
            file without a header has customers where others have names of columns.
    """
    found: list[Problem] = []
    numbers: dict[str, int] = {"": 0}
    severities, columns = Counter[str](), Counter[str]()
    fitting = bad = 0
    for some in list_findings(work, portfolio):
        bad += len(some.bad)
        for problem in some.problems:
            severities[problem.severity.value] += 1
            columns[problem.column] += 1
            number = numbers.setdefault(problem.column, len(numbers))
            if severity in {"", problem.severity.value} and column in {0, number}:
                if page * AT_ONCE <= fitting < (page + 1) * AT_ONCE:
                    found.append(problem)
                fitting += 1
    common = tuple((numbers[name], name, count) for name, count in columns.most_common(12) if name)
    return Problems(tuple(found), fitting, dict(severities), common, bad)


def bad_rows(work: Work, portfolio: PortfolioId) -> Download:
    """The bad rows in the layout of their file, to be mended and sent again.

    Raises:
        NotFound: There are none, or the file was not read that far.
    """
    work.actor.require(Permission.CASE_READ)
    figures = show_figures(work, portfolio)
    sheet = figures.summary.sheet if figures and figures.summary else None
    bad = [row for some in list_findings(work, portfolio) for row in some.bad]
    if not bad or sheet is None or figures is None or figures.summary is None:
        raise NotFound("There are no rows to mend.")
    facts = TableFacts(sheet.kind, sheet.encoding, sheet.separator, newline=sheet.newline, sheet=sheet.name)
    head = Head(1, sheet.headers, Layout(figures.summary.layout))
    return bad_rows_file(facts, head, sorted(bad, key=lambda row: row.row))


def list_left(work: Work, portfolio: PortfolioId, page: int = 0) -> tuple[list[ReceiptLine], bool]:
    """One page (from 0) of the accounts that did not become cases, and whether there are more."""
    work.actor.require(Permission.CASE_READ)
    key = open_portfolio_key(work, portfolio)
    lines = (line for some in staging.list_lines(work, portfolio, key) for line in some if was_left(line))
    found = list(islice(lines, page * AT_ONCE, (page + 1) * AT_ONCE + 1))
    return found[:AT_ONCE], len(found) > AT_ONCE
