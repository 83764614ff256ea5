"""Rows become accounts, or problems: the part of reading that needs no file and may be shared out."""

from msgspec.structs import replace

from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.portfolios.model.account import Account, BadRow, Batch, Problem, Severity, Total
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.grouping import bad_rows, make_account, reference_of
from handoff_portal.portfolios.model.heaps import Counts, Group, Heap, Orphans, Plan, Understood
from handoff_portal.portfolios.model.history import in_order, make_entry
from handoff_portal.portfolios.model.lines import Line, Record
from handoff_portal.portfolios.model.rows import Row, RowReader


class Understanding:
    """Understands heaps of one portfolio; each by itself, in any order."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._reader = plan.accounts.reader(Sort.PORTFOLIO)
        self._said = plan.said.reader(Sort.HISTORY)
        self._beside = plan.beside.reader(Sort.HISTORY) if plan.beside else self._said

    def of(self, heap: Heap) -> Understood:
        """The accounts of a heap and everything wrong with its rows; never raises."""
        counts = Counts()
        accounts: list[Account] = []
        problems: list[Problem] = []
        bad: list[BadRow] = []
        orphans: list[Orphans] = []
        for group in heap.groups:
            rows = [self._row(line) for line in group.lines if line.record is not Record.HISTORY]
            said = [line for line in group.lines if line.record is Record.HISTORY]
            account, wrong = make_account(self._reader, rows) if rows else (None, [_alone(said[0])])
            if self._plan.sums:
                _sum_up(counts, rows)
            if account is not None:
                accounts.append(self._with_history(account, said, group, wrong))
            else:
                bad += bad_rows(rows, wrong) + tuple(map(_said_too, said))
                if group.said:
                    orphans.append(Orphans(group.key, group.said[0].number, len(group.said)))
            problems += wrong
        batch = Batch(tuple(accounts), tuple(problems), tuple(bad))
        _count(counts, batch)
        return Understood(batch, counts, tuple(orphans))

    def key_of(self, lines: list[Line]) -> str:
        """Under which reference the history file would speak of the account of these rows."""
        rows = [self._row(line) for line in lines if line.record is not Record.HISTORY]
        if not rows:
            return ""
        own = (row.account.get("creditor_reference") for row in rows)
        reference = next((str(one) for one in own if one), "") or reference_of(rows[0])
        return " ".join(reference.split()).casefold()

    def _row(self, line: Line) -> Row:
        row = self._reader.read(line.number, line.cells)
        row.cells, row.part = line.raw, line.record is Record.PART
        return row

    def _with_history(
        self, account: Account, said: list[Line], group: Group, problems: list[Problem]
    ) -> Account:
        if not said and not group.said:
            return account
        entries, wrong = _entries(self._said, said, account.time_zone)
        problems += [replace(problem, severity=Severity.WARNING, file=Sort.PORTFOLIO) for problem in wrong]
        more, wrong = _entries(self._beside, group.said, account.time_zone)
        problems += wrong
        return replace(account, history=in_order(entries + list(in_order(more))))


def _entries(reader: RowReader, said: list[Line], zone: str) -> tuple[list[HistoryEntry], list[Problem]]:
    entries: list[HistoryEntry] = []
    problems: list[Problem] = []
    for line in said:
        entry, wrong = make_entry(reader, reader.read(line.number, line.cells), zone)
        problems += wrong
        if entry is not None:
            entries.append(entry)
    return entries, problems


def _sum_up(counts: Counts, rows: list[Row]) -> None:
    """Every readable amount, good or not, for the sums that a person states."""
    for row in rows:
        currency = str(row.account.get("currency", ""))
        said = {name: value for name, value in row.claim.items() if isinstance(value, int)}
        credit = row.claim.get("document_type") == "credit_note" and said.get("principal", 0) > 0
        still = said["outstanding"] if "outstanding" in said else said.get("principal", 0)
        still = -still if credit else still
        still -= 0 if "outstanding" in said else said.get("payments_to_date", 0)
        still += sum(said.get(name, 0) for name in ("interest", "fees", "costs"))
        counts.amounts[currency] = counts.amounts.get(currency, 0) + still


def _count(counts: Counts, batch: Batch) -> None:
    for account in batch.accounts:
        currency, owed = account.content.currency, account.content.owed.total
        paid = account.content.terms.payments_to_date
        one = Total(1, len(account.content.claims), owed, owed - paid)
        counts.totals[currency] = counts.totals.get(currency, Total()) + one
        counts.history += len(account.history)
    counts.accounts = len(batch.accounts)
    counts.bad_rows = len(batch.bad)
    counts.errors = sum(problem.severity is Severity.ERROR for problem in batch.problems)
    counts.warnings = len(batch.problems) - counts.errors


def _alone(line: Line) -> Problem:
    what = "This tells of an account that the file does not have."
    return Problem(line.number, "", line.group, what, "Add the account, or leave this out.")


def _said_too(line: Line) -> BadRow:
    why = "This was said about an account that the file does not have, or that has to be mended."
    return BadRow(line.number, tuple(line.raw), (why,))
