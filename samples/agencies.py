"""The agencies of the samples and their licences, all invented (the numbers say so); dates follow the day."""

from datetime import date, timedelta

Record = dict[str, object]
_ISSUED, _EXPIRES = -400, 330

_POLICE = "Singapore Police Force, Police Licensing & Regulatory Department"
_US = {
    "CA": ("Department of Financial Protection and Innovation", "debt collection licence"),
    "WA": ("Department of Licensing", "collection agency licence"),
    "MA": ("Division of Banks", "debt collector licence"),
    "IL": ("Department of Financial and Professional Regulation", "collection agency licence"),
    "NY": ("Department of Consumer and Worker Protection (New York City)", "debt collection agency licence"),
    "TX": ("Secretary of State", "third-party debt collector bond"),
    "FL": ("Office of Financial Regulation", "consumer collection agency registration"),
    "CO": ("Department of Law", "collection agency licence"),
}
_AU = {
    "NSW": "NSW Police Force, Security Licensing & Enforcement",
    "VIC": "Business Licensing Authority",
    "QLD": "Office of Fair Trading",
    "SA": "Consumer and Business Services",
    "WA": "Consumer Protection",
    "TAS": "Consumer, Building and Occupational Services",
}


def agencies(today: date) -> list[Record]:
    """Return every agency with its licence records; dates are local dates of the jurisdiction."""

    def licence(jurisdiction: str, regulator: str, kind: str, scope: str, **days: int | None) -> Record:
        issued, expires = days.get("issued") or _ISSUED, days.get("expires", _EXPIRES)
        number = len(regulator) * 37 + len(scope) - issued
        return {
            "jurisdiction": jurisdiction,
            "regulator": regulator,
            "number": f"DEMO-{jurisdiction}-{number:05d}",
            "class": kind,
            "scope": scope,
            "issued": (today + timedelta(days=issued)).isoformat(),
            "expires": None if expires is None else (today + timedelta(days=expires)).isoformat(),
        }

    fca = "Financial Conduct Authority"
    return [
        _agency(
            "lion-city-receivables", "Lion City Receivables Pte. Ltd.", "SG", "Asia/Singapore",
            "+65 6555 0191", ["wholesale", "engineering", "catering"],
            [licence("SG", _POLICE, "debt collection business licence", "both")],
        ),
        _agency(
            "straits-credit-partners", "Straits Credit Partners Pte. Ltd.", "SG", "Asia/Singapore",
            "+65 6555 0192", ["logistics", "retail"],
            [licence("SG", _POLICE, "debt collection business licence", "both", issued=-800, expires=-12)],
        ),
        _agency(
            "harrogate-vale", "Harrogate & Vale Recoveries Ltd", "GB", "Europe/London", "+44 1632 960 191",
            ["trades", "property", "hospitality"],
            [licence("GB", fca, "full permission, debt collecting", "both", issued=-2100, expires=None)],
        ),
        _agency(
            "kindly-settled", "Kindly Settled Ltd", "GB", "Europe/London", "+44 1632 960 192", ["household"],
            [licence("GB", fca, "full permission, debt collecting", "consumer", issued=-900, expires=None)],
        ),
        _agency(
            "wattle-street", "Wattle Street Collections Pty Ltd", "AU", "Australia/Sydney", "+61 2 5550 0191",
            ["engineering", "wine", "software"],
            [licence(f"AU-{state}", who, "commercial agent licence", "both") for state, who in _AU.items()],
        ),
        _agency(
            "blue-wren", "Blue Wren Credit Services Pty Ltd", "AU", "Australia/Brisbane", "+61 7 5550 0192",
            ["construction", "boats"],
            [
                licence("AU-QLD", _AU["QLD"], "field agent licence", "both", expires=21),
                licence("AU-NSW", _AU["NSW"], "commercial agent licence", "commercial"),
            ],
        ),
        _agency(
            "cascade-accounts", "Cascade Accounts Group LLC", "US", "America/Los_Angeles", "+1 206 555 0191",
            ["engineering", "software", "aerial imaging"],
            [licence(f"US-{state}", who, kind, "both") for state, (who, kind) in _US.items()],
        ),
        _agency(
            "bayou-consumer", "Bayou Consumer Care Inc.", "US", "America/New_York", "+1 305 555 0192",
            ["household"],
            [licence("US-FL", *_US["FL"], "consumer"), licence("US-MA", *_US["MA"], "consumer")],
        ),
    ]  # fmt: skip


def _agency(
    slug: str, name: str, country: str, zone: str, phone: str, sectors: list[str], licences: list[Record]
) -> Record:
    return {
        "slug": slug,
        "name": name,
        "country": country,
        "time_zone": zone,
        "phone": phone,
        "email": f"intake@{slug}.example.com",
        "sectors": sectors,
        "values": "We ask before we assume, agree plans that can be kept, and leave the door open.",
        "licences": licences,
    }
