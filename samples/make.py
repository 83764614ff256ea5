"""Writes the samples: three invented businesses, their customers, papers and mails, and the agencies.

    python samples/make.py                                    # refresh this folder
    python samples/make.py --into var/samples --today 2027-03-01 # as if today were another day

The same seed and day always give the same bytes. Nothing here is about a real person or firm.
"""

import argparse
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from accounts import account

from agencies import agencies
from people import BUSINESSES, Business

SEED, TODAY = 20261121, date(2026, 11, 21)


def files(seed: int, today: date, only: str | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the samples as (path, content); `only` names one business."""
    for business in BUSINESSES:
        if only in {None, business.slug}:
            references = []
            for number, customer in enumerate(business.customers, start=1):
                reference, made = account(business, customer, number, seed, today)
                references.append(reference)
                for name, content in made.items():
                    yield f"{business.slug}/{reference}/{name}", content
            yield f"{business.slug}/business.json", _json(_about(business, references, today))
    yield "agencies.json", _json({"as_of": today.isoformat(), "agencies": agencies(today)})


def _about(business: Business, references: list[str], today: date) -> dict[str, object]:
    return {
        "slug": business.slug,
        "name": business.name,
        "registration_number": business.registration,
        "address": business.street,
        "city": business.city,
        "postal_code": business.postal_code,
        "country": business.country,
        "phone": business.phone.replace(" ", ""),
        "email": f"accounts@{business.domain}",
        "mail_domains": [business.domain],
        "clerk": business.clerk,
        "time_zone": business.time_zone,
        "sector": business.sector,
        "about": business.about,
        "as_of": today.isoformat(),
        "accounts": references,
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def main() -> None:
    """Replace the samples in a folder."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--into", type=Path, default=Path(__file__).parent, help="folder to write to")
    words.add_argument("--today", type=date.fromisoformat, default=TODAY, help="the day that ages count from")
    words.add_argument("--seed", type=int, default=SEED)
    words.add_argument("--only", choices=[business.slug for business in BUSINESSES], help="one business")
    asked = words.parse_args()
    for business in BUSINESSES:
        shutil.rmtree(asked.into / business.slug, ignore_errors=True)
    count = 0
    for name, content in files(asked.seed, asked.today, asked.only):
        path = asked.into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    print(f"{count} files in {asked.into}")


if __name__ == "__main__":
    main()
