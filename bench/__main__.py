"""`python -m bench [--only NAME] [--quick]`: one JSON document on stdout, progress on stderr."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import changes, guard_list, guarding, judging, machine, pages, portfolios, sealing, uploads
from bench.figures import Figure
from bench.scale import QUICK, WHOLE, Scale
from handoff_portal.adapters.clock import utc_now

MEASURES: dict[str, Callable[[Scale], dict[str, Figure]]] = {
    "sealing": sealing.measure,
    "guard": guarding.measure,
    "guard_list": guard_list.measure,
    "conduct": judging.measure,
    "uploads": uploads.measure,
    "changes": changes.measure,
    "pages": pages.measure,
    "portfolios": portfolios.measure,
}


def main() -> int:
    """Measure what was asked for and print it; a missed aim is a figure, not an error."""
    asked = _arguments()
    scale = QUICK if asked.quick else WHOLE
    report: dict[str, Any] = {
        "at": utc_now().isoformat(timespec="seconds"),
        "machine": machine.describe(),
        "scale": "quick" if asked.quick else "whole",
        "figures": {},
    }
    started = time.monotonic()
    for name in asked.only or MEASURES:
        _tell(f"{name} …")
        for title, figure in MEASURES[name](scale).items():
            report["figures"][title] = found = figure.as_json()
            _tell(f"  {title}: {found['value']} {found['unit']}, ratio {found['ratio']}, met {found['met']}")
    report["seconds"] = round(time.monotonic() - started, 1)
    sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=MEASURES, help="measure this alone; may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it works, says little")
    return parser.parse_args()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
