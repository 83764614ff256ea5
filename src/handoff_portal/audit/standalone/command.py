"""The command line of the stand-alone verifier: Python 3.8, standard library only."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from handoff_portal.audit.standalone.anchors import told_anchor
from handoff_portal.audit.standalone.checks import FALSE, INCOMPLETE, verdict

# begin


def told(code: int, problem: str, facts: dict[str, Any]) -> str:
    """The result in words."""
    if code == FALSE:
        return f"FALSE: {problem}.\n"
    if code == INCOMPLETE:
        return f"INCOMPLETE: {problem}.\n"
    lines = [
        f"All {facts['entries']} entries hold in the log {facts['origin']} of {facts['log_size']} entries."
    ]
    lines += [line for fact in facts["anchors"] for line in told_anchor(fact)]
    lines += [f"Key: {key}" for key in facts["vkeys"]]
    if facts["key_from_bundle"]:
        lines.append("The key came with the bundle. Compare it with one you were given another way (--vkey).")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Run as a command; the exit code."""
    parser = argparse.ArgumentParser(description="Check an export of a Handoff Portal log.")
    parser.add_argument("bundle")
    parser.add_argument("--vkey", action="append", default=[], help="a key you trust: name+id+base64")
    parser.add_argument("--witness", action="append", default=[], help="a witness that must have cosigned")
    parser.add_argument("--old-checkpoint", help="a checkpoint you kept from before")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    options = parser.parse_args(arguments)
    held = None
    if options.old_checkpoint:
        with open(options.old_checkpoint, encoding="utf-8", newline="") as file:  # noqa: PTH123 - a plain path
            held = file.read()
    code, problem, facts = verdict(options.bundle, options.vkey, held, options.witness)
    result = {"code": code, "problem": problem, "facts": facts}
    sys.stdout.write(json.dumps(result) + "\n" if options.json else told(code, problem, facts))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
