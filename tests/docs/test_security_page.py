"""SECURITY.md: every file that keeps a promise and every test that proves it is there."""

import ast
import re
from functools import cache

import pytest

from docs.pages import ROOT, text_of

ROW = re.compile(r"(?m)^\| ([^|`]+) \| (`[^|]+`) \| (`tests/[^|]+`) \|$")
PROMISES = ROW.findall(text_of("SECURITY.md"))


@cache
def functions_in(path: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.FunctionDef)}


def test_the_table_of_promises_was_found_whole() -> None:
    section = text_of("SECURITY.md").split("## Promises")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert len(PROMISES) == len(rows) - 1 >= 30


@pytest.mark.parametrize(("promise", "files", "proofs"), PROMISES, ids=[row[0] for row in PROMISES])
def test_a_promise_names_files_and_tests_that_exist(promise: str, files: str, proofs: str) -> None:
    assert promise[0].isupper()
    for path in re.findall(r"`([^`]+)`", files):
        assert (ROOT / path).exists(), path
    for proof in re.findall(r"`([^`]+)`", proofs):
        path, _, name = proof.partition("::")
        assert name in functions_in(path), proof
