"""The organisations and people of the demo, made, enrolled and signed in as pages do it."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyotp

from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.passwords import Cost, Passwords
from handoff_portal.agencies.actions.approvals import record_approval
from handoff_portal.agencies.actions.directory import edit_profile
from handoff_portal.agencies.actions.licences import decide_licence, record_licence
from handoff_portal.agencies.model.licence import LicenceScope, LicenceState, LicenceTerms
from handoff_portal.agencies.model.profile import Profile
from handoff_portal.core.actor import Actor, Origin, Visitor
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.sectors import Sector
from handoff_portal.demo.people import Account, DemoPerson, enrol
from handoff_portal.identity.actions.organisations import add_organisation
from handoff_portal.identity.actions.sessions import resolve
from handoff_portal.identity.actions.sign_in import give_code, give_password
from handoff_portal.identity.model.credentials import Browser
from handoff_portal.web.portal import Portal

_ADMIN = {OrgKind.BUSINESS: Role.BUSINESS_ADMIN, OrgKind.AGENCY: Role.AGENCY_ADMIN}
_CURRENCY = {"SG": "SGD", "GB": "GBP", "AU": "AUD", "US": "USD"}
_STAFF: dict[str, tuple[DemoPerson, ...]] = {
    "merlion-supply": (
        DemoPerson("Priya Nair", "priya@merlion-supply.example.com", Role.BUSINESS_ADMIN),
        DemoPerson("Marcus Teo", "marcus@merlion-supply.example.com", Role.BUSINESS_MEMBER),
        DemoPerson("Aisha Rahman", "aisha@merlion-supply.example.com", Role.COMPLIANCE_OFFICER),
    ),
    "calder-rowe": (DemoPerson("Hannah Whitworth", "hannah@calder-rowe.example.com", Role.BUSINESS_ADMIN),),
    "kestrel-field": (DemoPerson("Dana Whitlock", "dana@kestrel-field.example.com", Role.BUSINESS_ADMIN),),
    "lion-city-receivables": (
        DemoPerson("Farid Hassan", "farid@lion-city-receivables.example.com", Role.AGENCY_ADMIN),
        DemoPerson("Mei Lin Chua", "meilin@lion-city-receivables.example.com", Role.SUPERVISOR),
        DemoPerson("Ravi Kumar", "ravi@lion-city-receivables.example.com", Role.COLLECTOR),
    ),
    "harrogate-vale": (
        DemoPerson("Tom Ackroyd", "tom@harrogate-vale.example.com", Role.AGENCY_ADMIN),
        DemoPerson("Grace Okafor", "grace@harrogate-vale.example.com", Role.COLLECTOR),
    ),
}
_OPERATORS = (
    DemoPerson("Ingrid Solberg", "ingrid@operator.example.com", Role.OPERATOR_ADMIN),
    DemoPerson("Samuel Ong", "samuel@operator.example.com", Role.COMPLIANCE_OFFICER),
)
_SECTORS = {
    "wholesale": Sector.WHOLESALE,
    "engineering": Sector.MANUFACTURING,
    "catering": Sector.HOSPITALITY,
    "logistics": Sector.TRANSPORT,
    "retail": Sector.RETAIL,
    "trades": Sector.CONSTRUCTION,
    "property": Sector.PROPERTY,
    "hospitality": Sector.HOSPITALITY,
    "software": Sector.TECHNOLOGY,
    "construction": Sector.CONSTRUCTION,
}


@dataclass
class Cast:
    """Everybody who appears; `actors` by organisation slug, the first person of each is its administrator."""

    portal: Portal
    accounts: list[Account] = field(default_factory=list)
    actors: dict[str, list[Actor]] = field(default_factory=dict)

    def lead(self, slug: str) -> Actor:
        """The administrator of an organisation."""
        return self.actors[slug][0]

    def add(self, slug: str, kind: OrgKind, name: str, country: str, zone: str, sector: Sector) -> None:
        """Add an organisation with its people."""
        with self.portal.database.worker() as work:
            organisation = add_organisation(
                work,
                kind,
                name,
                country=country,
                time_zone=zone,
                currency=_CURRENCY.get(country, "USD"),
                sector=sector.value,
            )
        staff = _OPERATORS if kind is OrgKind.OPERATOR else _STAFF.get(slug) or _one_admin(slug, kind)
        passwords = Passwords(Cost.LAPTOP)
        for who in staff:
            account = enrol(self.portal, passwords, organisation.id, kind, name, who)
            self.accounts.append(account)
            self.actors.setdefault(slug, []).append(_signed_in(self.portal, passwords, account))


def assemble(portal: Portal, samples: Path) -> Cast:
    """The operator, three businesses and all sample agencies with their licences."""
    cast = Cast(portal)
    cast.add("operator", OrgKind.OPERATOR, "Handoff Operations", "SG", "Asia/Singapore", Sector.OTHER)
    for path in sorted(samples.glob("*/business.json")):
        values = json.loads(path.read_text(encoding="utf-8"))
        sector = next((s for word, s in _SECTORS.items() if word in values["sector"]), Sector.OTHER)
        cast.add(
            values["slug"], OrgKind.BUSINESS, values["name"], values["country"], values["time_zone"], sector
        )
    agencies = json.loads((samples / "agencies.json").read_text(encoding="utf-8"))["agencies"]
    for values in agencies:
        sectors = tuple(sorted({_SECTORS[word] for word in values["sectors"] if word in _SECTORS}))
        first = sectors[0] if sectors else Sector.OTHER
        cast.add(
            values["slug"], OrgKind.AGENCY, values["name"], values["country"], values["time_zone"], first
        )
        _introduce(cast, values, sectors)
    return cast


def _introduce(cast: Cast, values: dict[str, Any], sectors: tuple[Sector, ...]) -> None:
    """Profile and licences of an agency; the officer verifies all but the last one of the last agency."""
    agency, officer = cast.lead(values["slug"]), cast.actors["operator"][1]
    profile = Profile(
        agency=agency.org,
        about=f"{values['name']} works in {values['country']} and answers within two working days.",
        sectors=sectors,
        countries=(values["country"],),
        values_statement=values["values"],
        website=f"https://{values['slug']}.example.com",
    )
    with cast.portal.database.work(agency) as work:
        edit_profile(work, profile, attests=True)
    _approve(cast, values["slug"], agency)
    for number, licence in enumerate(values["licences"]):
        with cast.portal.database.work(agency) as work:
            made = record_licence(work, _terms(licence))
        waits = values["slug"] == "bayou-consumer" and number == len(values["licences"]) - 1
        if not waits:
            with cast.portal.database.work(officer) as work:
                url = "https://register.example.com/licences"
                decide_licence(work, made.id, LicenceState.VERIFIED, source_url=url)


def _approve(cast: Cast, slug: str, agency: Actor) -> None:
    """The regulator in Singapore approved everybody who collects there; the last collector's still waits."""
    people = cast.actors[slug]
    waiting = people[2:] if len(people) > 2 else []  # noqa: PLR2004 - beside administrator and supervisor
    with cast.portal.database.work(agency) as work:
        for number, actor in enumerate(one for one in people if one not in waiting):
            record_approval(work, actor.person, "SG", f"CP/2026/{number + 1:03}", date(2026, 1, 1), None)


def _terms(values: dict[str, Any]) -> LicenceTerms:
    return LicenceTerms(
        jurisdiction=values["jurisdiction"],
        regulator=values["regulator"],
        number=values["number"],
        licence_class=values["class"],
        scope=LicenceScope(values["scope"]),
        issued_on=date.fromisoformat(values["issued"]),
        expires_on=date.fromisoformat(values["expires"]) if values["expires"] else None,
    )


def _one_admin(slug: str, kind: OrgKind) -> tuple[DemoPerson, ...]:
    names = {
        "straits-credit-partners": "Jun Hao Lim",
        "kindly-settled": "Elspeth Munro",
        "wattle-street": "Callum Reid",
        "blue-wren": "Tahlia Brooks",
        "cascade-accounts": "Elena Vargas",
        "bayou-consumer": "Andre Broussard",
    }
    name = names.get(slug, slug.replace("-", " ").title())
    return (DemoPerson(name, f"{name.split()[0].lower()}@{slug}.example.com", _ADMIN[kind]),)


def _signed_in(portal: Portal, passwords: Passwords, account: Account) -> Actor:
    """Sign in with both factors at the real time: the database counts a session's life by its own clock."""
    database, stage_clock = portal.database, portal.database.clock
    database.clock = utc_now
    try:
        stranger = Visitor(Origin())
        stage = give_password(database, passwords, stranger, account.email, account.password, Browser())
        visitor = resolve(database, stage, Origin())
        if visitor.pending is None:
            raise LookupError("a demo person could not sign in")
        code = pyotp.TOTP(account.totp_secret).now()
        entered = give_code(database, visitor, visitor.pending, code, Browser(agent="Demo"))
        actor = resolve(database, entered.token, Origin()).actor
    finally:
        database.clock = stage_clock
    if actor is None:
        raise LookupError("a demo person could not sign in")
    return actor
