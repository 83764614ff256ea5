"""Portfolio files from the command line: the checks of the portal, without a portal."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from handoff_portal.adapters.parsing.tables import Source
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.core.money import minor_digits, parse_amount, written
from handoff_portal.core.refusals import Invalid
from handoff_portal.portfolios.actions.downloads import bad_rows_file
from handoff_portal.portfolios.actions.reading import Expected, Reading, read_portfolio
from handoff_portal.portfolios.actions.surveying import Survey, survey
from handoff_portal.portfolios.model.account import Account, BadRow, Problem, Summary
from handoff_portal.portfolios.model.amounts import Decimals
from handoff_portal.portfolios.model.columns import Column, Sort
from handoff_portal.portfolios.model.dates import DateOrder
from handoff_portal.portfolios.model.mapping import Mapping
from handoff_portal.portfolios.model.quiet import write_time
from handoff_portal.portfolios.model.style import Answers, Question

PROBLEMS, UNREADABLE = 1, 2
_PIECE = 1 << 17
_SHOWN = 50
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(epilog="Example: handoff-portal intake check accounts.csv --json")
def intake() -> None:
    """Check portfolio files."""


@intake.command(
    "check",
    epilog="\b\nExample: handoff-portal intake check accounts.xlsx --history history.csv "
    "--dates dmy --set currency=SGD --total SGD=182000.50",
)
@click.argument("file", type=_FILE)
@click.option("--mapping", "mapping_file", type=_FILE, help="JSON of a mapping, as --json prints it.")
@click.option("--history", "history_file", type=_FILE, help="The history file that belongs to it.")
@click.option("--history-mapping", "history_mapping_file", type=_FILE, help="JSON of the history's mapping.")
@click.option(
    "--dates", type=click.Choice(["dmy", "mdy"]), help="What 03/04/2026 means, if the file leaves it open."
)
@click.option(
    "--decimal", type=click.Choice(["point", "comma"]), help="What parts cents, if the file leaves it open."
)
@click.option("--set", "constants", multiple=True, metavar="COLUMN=VALUE", help="What holds for every row.")
@click.option("--total", "totals", multiple=True, metavar="CODE=AMOUNT", help="A total that must agree.")
@click.option(
    "--mend", "mend_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the bad rows here."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(
    file: Path,
    *,
    mapping_file: Path | None,
    history_file: Path | None,
    history_mapping_file: Path | None,
    dates: str | None,
    decimal: str | None,
    constants: tuple[str, ...],
    totals: tuple[str, ...],
    mend_file: Path | None,
    as_json: bool,
) -> None:
    """Read a portfolio file as an upload would, and print accounts, totals and problems.

    CSV, XLSX, InDebted accounts, Latitude AIM placements and UBL documents are known. Nothing is stored; no
    settings or database are needed. Exit code 0: all is well, 1: there are problems or questions, 2: the file
    cannot be read.
    """
    answers = Answers(
        DateOrder(dates) if dates else None, Decimals(decimal) if decimal else None, dict(_pairs(constants))
    )
    try:
        source = _source(file)
        first = survey(source, _mapping(mapping_file))
        history = _history(history_file, _mapping(history_mapping_file)) if history_file else None
        reading = read_portfolio(source, first, answers, history, Expected(totals=dict(_totals(totals))))
        questions = [*first.questions(answers), *(history[1].questions(answers) if history else ())]
        said = _Said(first, questions, history[1].missing if history else (), as_json=as_json)
        bad = said.tell(reading)
    except (CannotRead, ValueError) as unreadable:
        click.echo(json.dumps({"error": str(unreadable)}) if as_json else str(unreadable), err=not as_json)
        sys.exit(UNREADABLE)
    if mend_file is not None and bad:
        mend_file.write_bytes(bad_rows_file(first.facts, first.head, bad).content)
    sys.exit(PROBLEMS if said.found_problems else 0)


def _mapping(file: Path | None) -> Mapping | None:
    return Mapping.decode(file.read_text(encoding="utf-8")) if file else None


def _history(file: Path, mapping: Mapping | None) -> tuple[Source, Survey]:
    source = _source(file)
    return source, survey(source, mapping, sort=Sort.HISTORY)


class _Said:
    """Prints what a reading comes to."""

    def __init__(
        self, first: Survey, questions: list[Question], unsaid: tuple[Column, ...], *, as_json: bool
    ) -> None:
        self._survey, self._questions, self._as_json = first, questions, as_json
        self._unsaid = unsaid
        self.found_problems = bool(questions or first.missing or unsaid)

    def tell(self, reading: Reading) -> list[BadRow]:
        """Read to the end and print; give back the bad rows."""
        accounts: list[dict[str, Any]] = []
        problems: list[Problem] = list(self._survey.notes)
        bad: list[BadRow] = []
        for batch in reading.batches():
            accounts += [_account(account) for account in batch.accounts] if self._as_json else []
            problems += batch.problems
            bad += batch.bad
        if reading.refusal is not None:
            problems.insert(0, reading.refusal)
        self.found_problems |= bool(reading.summary.errors) or reading.refusal is not None
        if self._as_json:
            click.echo(
                json.dumps(self._json(reading.summary, accounts, problems), ensure_ascii=False, indent=1)
            )
        else:
            self._print(reading.summary, problems)
        return bad

    def _json(
        self, summary: Summary, accounts: list[dict[str, Any]], problems: list[Problem]
    ) -> dict[str, Any]:
        return {
            "layout": summary.layout,
            "rows": summary.rows,
            "accounts": accounts,
            "bad_rows": summary.bad_rows,
            "totals": _in_numbers(summary),
            "controls": [
                {"name": c.name, "stated": c.stated, "found": c.found, "agrees": c.agrees}
                for c in summary.controls
            ],
            "problems": [_problem(problem) for problem in problems],
            "questions": [
                {"key": q.key, "ask": q.ask, "choices": [v for v, _ in q.choices], "samples": list(q.samples)}
                for q in self._questions
            ],
            "missing": [column.name for column in self._survey.missing],
            "missing_in_history": [column.name for column in self._unsaid],
            "mapping": json.loads(summary.mapping),
        }

    def _absent(self) -> Iterator[str]:
        for column in self._survey.missing:
            yield f"No column of the file is “{column.words}” ({column.name}). Name it in a mapping."
        for column in self._unsaid:
            yield (
                f"No column of the history is “{column.words}” ({column.name}). Name it in --history-mapping."
            )

    def _print(self, summary: Summary, problems: list[Problem]) -> None:
        click.echo(f"{summary.rows} rows make {summary.accounts} good accounts.")
        if summary.bad_rows:
            click.echo(f"{summary.bad_rows} rows need mending.")
        for currency, total in sorted(summary.totals.items()):
            click.echo(f"  {currency} {written(total.open, currency)} open in {total.accounts} accounts")
        for control in summary.controls:
            agrees = "agrees" if control.agrees else f"does not agree: {control.found} found"
            click.echo(f"  {control.name}: {control.stated} stated, {agrees}")
        for line in self._absent():
            click.echo(line)
        for question in self._questions:
            about = f" ({'; '.join(question.samples)})" if question.samples else ""
            click.echo(f"Question: {question.ask}{about} Say it with {_option(question)}.")
        for problem in islice(problems, _SHOWN):
            where = f"{problem.file} row {problem.row}" + (f", {problem.column}" if problem.column else "")
            click.echo(f"{problem.severity}: {where}: {problem.say}")
        if len(problems) > _SHOWN:
            click.echo(f"And {len(problems) - _SHOWN} more; --json prints all.")


def _account(account: Account) -> dict[str, Any]:
    content = account.content
    return {
        "reference": content.creditor_reference,
        "name": content.customer.name,
        "country": content.customer.country,
        "currency": content.currency,
        "open": written(account.open, content.currency),
        "open_minor": account.open,
        "claims": len(content.claims),
        "oldest_due_on": content.oldest_due_on.isoformat() if content.oldest_due_on else None,
        "history": len(account.history),
        "reminders_sent": account.reminders_sent,
        "final_notice_on": account.final_notice.sent_on.isoformat() if account.final_notice else None,
        "documents": list(account.documents),
        "holds": sorted(account.holds),
        "quiet_times": [write_time(quiet) for quiet in content.customer.quiet],
        "wishes": [
            {
                "kind": wish.kind.value,
                "said_on": wish.said_on.isoformat() if wish.said_on else None,
                "ways": list(wish.ways),
            }
            for wish in account.wishes
        ],
        "rows": list(account.rows),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "what": problem.what,
        "mend": problem.mend,
        "severity": problem.severity,
    }


def _in_numbers(summary: Summary) -> dict[str, Any]:
    return {
        currency: {
            "accounts": total.accounts,
            "claims": total.claims,
            "asked": written(total.asked, currency),
            "asked_minor": total.asked,
            "open": written(total.open, currency),
            "open_minor": total.open,
            "minor_digits": minor_digits(currency),
        }
        for currency, total in sorted(summary.totals.items())
    }


def _option(question: Question) -> str:
    choices = "|".join(value for value, _ in question.choices) if question.key != "country" else "CODE"
    return {"dates": "--dates dmy|mdy", "decimal": "--decimal point|comma"}.get(
        question.key, f"--set {question.key}={choices or 'VALUE'}"
    )


def _pairs(said: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in said:
        name, equals, value = each.partition("=")
        if not equals:
            raise click.BadParameter(f"“{each}” is not written like COLUMN=VALUE.")
        yield name.strip(), value.strip()


def _totals(said: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for code, amount in _pairs(said):
        try:
            yield code.upper(), parse_amount(amount, code.upper())
        except (ValueError, Invalid) as mistake:
            raise click.BadParameter(str(mistake)) from mistake


def _source(file: Path) -> Source:
    def pieces() -> Iterator[bytes]:
        with file.open("rb") as opened:
            while piece := opened.read(_PIECE):
                yield piece

    return pieces
