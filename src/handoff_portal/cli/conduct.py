"""The conduct check from the command line: one text a line in, one verdict a line out."""

import json
import sys
from collections.abc import Iterator
from typing import BinaryIO

import click

from handoff_portal.conduct.model.checking import check
from handoff_portal.conduct.model.terms import Channel, Finding, Outcome, Verdict

_WORST = {Outcome.FINE: 0, Outcome.REVIEW: 1, Outcome.VIOLATION: 2}


@click.group(epilog="Example: handoff-portal conduct check letters.txt --json")
def conduct() -> None:
    """Ask whether words to a customer are respectful; needs no settings and no database."""


@conduct.command("check", epilog="Example: handoff-portal conduct check letters.txt --json")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--channel", type=click.Choice([one.value for one in Channel]), help="Where the words go, if known."
)
@click.option(
    "--fail-on",
    type=click.Choice([Outcome.REVIEW.value, Outcome.VIOLATION.value]),
    help="Exit code 1 if a text is this bad or worse.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def check_file(file: BinaryIO, channel: str | None, fail_on: str | None, *, as_json: bool) -> None:
    """Judge every line of FILE (UTF-8, - for standard input); blank lines are passed over.

    Each answer has line, outcome (fine, review, violation), class, reason and findings. Exit code 0 when
    all lines were read, whatever was found, unless --fail-on is given.
    """
    worst = 0
    for number, text in _lines(file):
        verdict = check(text, channel=Channel(channel) if channel else None)
        worst = max(worst, _WORST[verdict.outcome])
        click.echo(_as_json(number, text, verdict) if as_json else _as_row(number, verdict))
    sys.exit(1 if fail_on and worst >= _WORST[Outcome(fail_on)] else 0)


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Number and text of each line that says something."""
    for number, line in enumerate(file, start=1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as bad:
            raise click.ClickException(f"Line {number} is not UTF-8; save the file as UTF-8.") from bad
        if text:
            yield number, text


def _as_json(number: int, text: str, verdict: Verdict) -> str:
    return json.dumps(
        {
            "line": number,
            "text": text,
            "outcome": verdict.outcome,
            "class": verdict.harm or "",
            "reason": verdict.reason,
            "findings": [_finding(one) for one in verdict.findings],
            "practices": list(verdict.practices),
        },
        ensure_ascii=False,
    )


def _finding(found: Finding) -> dict[str, object]:
    return {
        "class": found.harm,
        "words": found.words,
        "start": found.start,
        "end": found.end,
        "why": found.why,
        "kinder": found.kinder,
        "rules": list(found.rules),
    }


def _as_row(number: int, verdict: Verdict) -> str:
    row = f"{number:>5}  {verdict.outcome:<10} {verdict.harm or '':<23} {verdict.reason}"
    if not verdict.findings:
        return row
    lead = verdict.findings[0]
    indent = " " * 7
    return f"{row}\n{indent}words:  {lead.words}\n{indent}kinder: {lead.kinder}"
