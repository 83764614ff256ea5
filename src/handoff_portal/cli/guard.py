"""The contact guard from the command line: what it says about test vectors, and which rules it knows."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from handoff_portal.adapters.zones import StaleZones
from handoff_portal.guard.book import VECTORS, open_book, shipped_book, shipped_rules, shipped_vectors
from handoff_portal.guard.model.deciding import Book, Decision, decide, prepare
from handoff_portal.guard.model.difference import Difference, compare
from handoff_portal.guard.model.replay import Replayed, agrees, try_vectors
from handoff_portal.guard.model.retained import Kept, kept
from handoff_portal.guard.model.rulefile import BadRuleFile, load_rules
from handoff_portal.guard.model.rules import Rule
from handoff_portal.guard.model.values import BadValue
from handoff_portal.guard.model.vectors import BadVector, Vector, read_vectors

PROBLEMS = 2
_RULES = click.option(
    "--rules",
    "rule_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Use this rule file in place of the portal's own.",
)


@click.group(epilog="Example: handoff-portal guard check vectors.yaml --json")
def guard() -> None:
    """Ask whether contacts are allowed; needs no settings and no database."""


@guard.command("check", epilog="Example: handoff-portal guard check vectors.yaml --json")
@click.argument("file", type=click.File("rb"))
@_RULES
@click.option(
    "--strict", is_flag=True, help="Exit code 1 if an answer differs from the one the file expects."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line: id, decision, rules.")
def check(file: BinaryIO, rule_file: Path | None, *, strict: bool, as_json: bool) -> None:
    """Decide about every vector in FILE (YAML, - for standard input).

    Exit code 2 if a vector cannot be read or decided: its line says why, and the others are decided all the
    same.
    """
    book = _book(rule_file)
    try:
        vectors = read_vectors(file.read())
    except BadValue as bad:
        raise click.ClickException(f"Nothing was checked; {bad}") from bad
    differ, unread = _decide_all(book, vectors.all, as_json=as_json)
    retained = kept(book.rules, vectors.retention)
    differ += _tell_all(retained, as_json=as_json)
    if unread or any(one.mistakes for one in retained):
        sys.exit(PROBLEMS)
    sys.exit(1 if strict and differ else 0)


def _decide_all(book: Book, vectors: Iterable[Vector | BadVector], *, as_json: bool) -> tuple[int, int]:
    """Print a line for each; how many answers differ from the expected ones, and how many have none."""
    differ = unread = 0
    for vector in vectors:
        decision = _decided(book, vector)
        if isinstance(decision, BadVector):
            unread += 1
            _tell_mistakes(decision.id, decision.mistakes, as_json=as_json)
        elif isinstance(vector, Vector):
            expected = agrees(vector, decision)
            differ += not expected
            click.echo(
                _as_json(vector, decision) if as_json else _as_row(vector, decision, expected=expected)
            )
            for name in vector.remarks:
                click.echo(f"{vector.id}: {name} is not known and was not looked at", err=True)
    return differ, unread


def _decided(book: Book, vector: Vector | BadVector) -> Decision | BadVector:
    """What is decided; or why not, as with a moment at the end of all calendars."""
    if isinstance(vector, BadVector):
        return vector
    try:
        return decide(prepare(book, vector.situation), vector.proposed)
    except (ArithmeticError, ValueError) as error:
        return BadVector(vector.id, (f"cannot be decided: {error}",))


def _tell_mistakes(name: str, mistakes: Sequence[str], *, as_json: bool) -> None:
    """A line for what has no answer, and each mistake for people."""
    about = {"id": name, "decision": "error", "rules": [], "mistakes": list(mistakes)}
    click.echo(json.dumps(about) if as_json else f"{name:<12} error    {'; '.join(mistakes)}")
    for mistake in mistakes if as_json else ():
        click.echo(f"{name}: {mistake}", err=True)


def _tell_all(retained: Iterable[Kept], *, as_json: bool) -> int:
    """Print until when each record is kept; how many differ from what is expected."""
    differ = 0
    for one in retained:
        if one.mistakes:
            _tell_mistakes(one.id, one.mistakes, as_json=as_json)
            continue
        until = str(one.until) if one.until else None
        about = {"id": one.id, "decision": "keep", "rules": [one.rule], "keep_through": until}
        note = "" if one.agrees else f"  (expected {one.expected})"
        row = f"{one.id:<12} keep     {one.rule} through {until or 'a day not known yet'}{note}"
        click.echo(json.dumps(about) if as_json else row)
        differ += not one.agrees
    return differ


def _as_json(vector: Vector, decision: Decision) -> str:
    return json.dumps({"id": vector.id, "decision": decision.outlook, "rules": decision.rule_ids})


def _as_row(vector: Vector, decision: Decision, *, expected: bool) -> str:
    rules = ", ".join(decision.rule_ids)
    note = "" if expected else f"  (expected {vector.expected} {', '.join(vector.rules)})"
    return f"{vector.id:<12} {decision.outlook:<8} {rules}{note}".rstrip()


@guard.command("rules", epilog="Example: handoff-portal guard rules --json")
@_RULES
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def rules(rule_file: Path | None, *, as_json: bool) -> None:
    """List the rules: id, what stands behind it, effect, what it asks. A new rule file is read strictly."""
    book = _book(rule_file)
    if not as_json:
        click.echo(f"Rules {book.rules.version}, time zones {book.tzdata}", err=True)
    for rule in book.rules.rules:
        click.echo(json.dumps(_about(rule)) if as_json else _line(rule))


@guard.command("validate", epilog="Example: handoff-portal guard validate 2026.12.1.yaml --json")
@click.argument("file", type=click.File("rb"))
@click.option("--vectors", type=click.File("rb"), help="Vectors of your own to try beside the portal's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def validate(file: BinaryIO, vectors: BinaryIO | None, *, as_json: bool) -> None:
    """Read the rule file FILE strictly and say what it changes against the portal's own.

    Tells every mistake at once, then rules added, removed and changed, and the vectors that come out
    differently. Exit code 2 if there are mistakes, 1 if a vector fails.
    """
    book = _read_strictly(file.read())
    found, sets = Replayed(), [*map(shipped_vectors, VECTORS)]
    if vectors is not None:
        sets.append(_own(vectors.read()))
    for number, one in enumerate(sets):
        try_vectors(found, one, shipped_book(), book, own=number >= len(VECTORS))
    difference = compare(shipped_book().rules, book.rules)
    click.echo(json.dumps(_report(book, difference, found)) if as_json else _told(book, difference, found))
    sys.exit(1 if found.failing else 0)


def _read_strictly(raw: bytes) -> Book:
    try:
        return open_book(load_rules(raw))
    except BadRuleFile as bad:
        for mistake in bad.mistakes:
            click.echo(mistake, err=True)
        sys.exit(PROBLEMS)


def _own(raw: bytes) -> tuple[Vector, ...]:
    try:
        read = read_vectors(raw)
    except BadValue as bad:
        raise click.ClickException(f"Nothing was tried; {bad}") from bad
    for one in read.bad:
        for mistake in one.mistakes:
            click.echo(f"{one.id}: {mistake}", err=True)
    if read.bad:
        sys.exit(PROBLEMS)
    return read.read


def _report(book: Book, difference: Difference, found: Replayed) -> dict[str, object]:
    changed = {
        one.rule.id: {change.name: [change.before, change.after] for change in one.changes}
        for one in difference.changed
    }
    return {
        "version": book.rules.version,
        "rules": len(book.rules.rules),
        "added": [rule.id for rule in difference.added],
        "removed": [rule.id for rule in difference.removed],
        "changed": changed,
        "file": {change.name: [change.before, change.after] for change in difference.about},
        "vectors": found.vectors,
        "differ": [asdict(one) for one in found.changed],
        "failing": list(found.failing),
    }


def _told(book: Book, difference: Difference, found: Replayed) -> str:
    lines = [f"Rules {book.rules.version}: {len(book.rules.rules)} rules without a mistake."]
    lines += [f"added    {rule.id}" for rule in difference.added]
    lines += [f"removed  {rule.id}" for rule in difference.removed]
    for one in difference.changed:
        lines += [f"changed  {one.rule.id}, {c.name}: {c.before!r} to {c.after!r}" for c in one.changes]
    lines += [f"changed  {change.name}: {change.before!r} to {change.after!r}" for change in difference.about]
    for vector in found.changed:
        word = "fails" if vector.fails else "differs"
        rules = ", ".join(vector.after_rules)
        lines.append(f"{word:<8} {vector.id}: {vector.before} to {vector.after} {rules}".rstrip())
    lines.append(f"{found.vectors} vectors: {len(found.changed)} differ, {len(found.failing)} fail.")
    return "\n".join(lines)


def _about(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "jurisdiction": rule.jurisdiction,
        "force": rule.force,
        "effect": rule.effect,
        "citation": rule.citation,
        "since": str(rule.since) if rule.since else None,
        "until": str(rule.until) if rule.until else None,
        "words": rule.words,
    }


def _line(rule: Rule) -> str:
    return f"{rule.id:<21} {rule.force:<20} {rule.effect:<9} {rule.words}"


def _book(rule_file: Path | None) -> Book:
    try:
        return open_book(load_rules(rule_file.read_bytes() if rule_file else shipped_rules()))
    except BadRuleFile as bad:
        raise click.ClickException("The rule file has mistakes:\n  " + "\n  ".join(bad.mistakes)) from bad
    except StaleZones as stale:
        raise click.ClickException(str(stale)) from stale
