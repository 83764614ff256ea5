"""Nothing changes without an event, and no event can carry what a person typed."""

import ast
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import column, table, update

from handoff_builders import a_business, a_ready_case
from handoff_portal.adapters.database.work import ChangeWithoutEvent
from handoff_portal.core.events import Action
from handoff_portal.core.permissions import OrgKind
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from people import people
from security.reviewed import require_reviewed
from security.vocabulary import event_classes, said

SOURCE = ROOT / "src" / "handoff_portal"
EXPLAINED_BY_CALLER = {
    "add_judgement": "how a case was judged goes with its submission, whose event follows",
    "clear_overrides": "a draft that goes away takes them along; its own event says so",
    **dict.fromkeys(
        (
            "add_cases",
            "add_facts",
            "add_holds",
            "move_balances",
            "add_histories",
            "add_judgements",
            "add_overrides",
        ),
        "rows of many cases at once; record_all follows with one event for each case",
    ),
    "add_receipt_of_many": "the event of the portfolio that ends names its receipt",
    "save_closing": "the closing code goes with the hand-off's end, whose event comes last",
}
"""Store functions that change and leave the event to a function called after them in the same work."""


def store_functions() -> list[tuple[Path, ast.FunctionDef]]:
    files = [path for path in SOURCE.rglob("*.py") if "store" in path.relative_to(SOURCE).as_posix()]
    return [
        (path, node)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]


def calls(function: ast.FunctionDef) -> Counter[str]:
    found: Counter[str] = Counter()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found[name] += 1
    return found


def records(function: ast.FunctionDef) -> bool:
    found = calls(function)
    return bool(found["record"] or found["record_each"])


def takes_event(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return any("Event" in ast.unparse(one.annotation) for one in arguments if one.annotation) or any(
        one.arg in {"event", "events"} for one in arguments
    )


def test_every_store_function_that_changes_rows_takes_the_event_and_records_it() -> None:
    changing = [
        (path, one) for path, one in store_functions() if calls(one)["change"] or calls(one)["change_many"]
    ]
    assert len(changing) > 30
    for path, function in changing:
        where = f"{path.relative_to(SOURCE)}: {function.name}"
        if function.name in EXPLAINED_BY_CALLER:
            continue
        if function.name.startswith("_"):
            users = [one for other, one in store_functions() if other == path and calls(one)[function.name]]
            assert users, where
            left = [one for one in users if one.name not in EXPLAINED_BY_CALLER]
            assert all(takes_event(one) and records(one) for one in left), where
        else:
            assert takes_event(function) and records(function), where  # noqa: PT018 - one rule


def test_only_the_store_and_the_unit_of_work_can_change_rows() -> None:
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE).as_posix()
        if "store" in place or place.startswith(("adapters/", "audit/")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not used & {"work.change", "work.change_many", "work.keep_house"}, place


def test_a_change_without_its_event_is_undone(portal: Portal) -> None:
    business = a_business(portal)
    case = a_ready_case(portal, business)
    rows = table("cases", column("id"), column("region"))
    with pytest.raises(ChangeWithoutEvent), portal.database.work(business.actor) as work:
        work.change(update(rows).where(rows.c.id == case.id).values(region="gone"))
    with portal.database.work(business.actor) as work:
        assert work.read(rows.select().where(rows.c.id == case.id)).one().region != "gone"


def test_a_read_cannot_smuggle_a_change_past_the_log(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    rows = table("cases", column("region"))
    with pytest.raises(TypeError), portal.database.work(business.actor) as work:
        work.read(update(rows).values(region="gone"))


def test_every_action_of_the_vocabulary_has_an_event_that_says_it() -> None:
    used = Counter(one.action for one in event_classes() if "action" in vars(one))
    assert sorted(action.value for action in Action if action not in used) == []


def test_the_details_of_every_event_are_reviewed_and_none_is_free_text() -> None:
    rows = [
        {
            "action": str(one.action.value),
            "event": one.__qualname__,
            "details": "; ".join(f"{name}: {kind}" for name, kind in sorted(said(one).items())),
        }
        for one in event_classes()
        if hasattr(one, "action")
    ]
    assert not [row for row in rows if ": str" in row["details"] or ": object" in row["details"]]
    assert len({(row["action"], row["event"]) for row in rows}) == len(rows)
    require_reviewed("events.csv", rows, keys=2)
