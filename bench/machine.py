"""What the figures were measured on."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from handoff_portal.adapters.postgres.server import MAJOR_VERSION

_PARTS = ("granian", "litestar", "sqlalchemy", "psycopg", "cryptography", "jinja2")


def describe() -> dict[str, Any]:
    """Processor, cores, memory, versions, and how busy the machine was with other things at the start."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": sys.version.split()[0],
        "postgresql": MAJOR_VERSION,
        "versions": {name: version(name) for name in _PARTS},
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
