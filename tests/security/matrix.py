"""Who reaches which route and which thing: every route, person and relation, as it really answers."""

from collections.abc import Iterator, Mapping

from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import Portal
from security.routes import Answer, Browser, Route, send
from security.world import Persona, Relation, Things, World

CASE_IDS = {"case_id", "offer_id", "document_id", "payment_id", "hold_id", "entry_id"}
CASE_IDS |= {"contact_id", "fact_id"}
AGENCY_IDS = {"agency_id", "licence_id", "report_id", "approval_id", "template_id"}
RULES_IDS = {"version"}
PORTFOLIO_IDS = {"portfolio_id", "file_id"}
PEOPLE_IDS = {"person_id", "session_id", "recovery_id"}

_CASE_RELATIONS = {
    OrgKind.BUSINESS: ("own", "draft", "stranger's draft", "stranger"),
    OrgKind.AGENCY: ("holder", "offered", "former", "draft", "stranger"),
    OrgKind.OPERATOR: ("stranger",),
}
_AGENCY_RELATIONS = {
    OrgKind.BUSINESS: ("stranger",),
    OrgKind.AGENCY: ("own", "stranger"),
    OrgKind.OPERATOR: ("stranger",),
}
_PORTFOLIO_RELATIONS = {
    OrgKind.BUSINESS: ("own", "stranger"),
    OrgKind.AGENCY: ("stranger",),
    OrgKind.OPERATOR: ("stranger",),
}
_OPEN = {"everybody"}


def relations(route: Route, persona: Persona) -> tuple[Relation, ...]:
    """How this person can stand to what the route is about; empty if it is about nothing in particular."""
    if persona.kind is None or not route.ids:
        return ()
    if route.ids <= RULES_IDS:
        return ("own",)
    if route.ids <= PORTFOLIO_IDS:
        return _PORTFOLIO_RELATIONS[persona.kind]
    unknown = route.ids - CASE_IDS - AGENCY_IDS - PEOPLE_IDS
    if unknown:
        raise LookupError(f"security/world.py has no example of {sorted(unknown)} for {route.path}")
    if route.ids & CASE_IDS:
        return _CASE_RELATIONS[persona.kind]
    return _AGENCY_RELATIONS[persona.kind] if route.ids & AGENCY_IDS else ("own", "stranger")


def cell(client: Browser, portal: Portal, world: World, route: Route, persona: Persona) -> str:
    """What this person gets: one word, or one per relation."""
    found: dict[Relation, str] = {}
    for relation, things in _tries(world, route, persona):
        found[relation] = verdict(route, send(client, portal, persona, route, things))
    return _written(found)


def verdict(route: Route, answer: Answer) -> str:
    """One word for an answer.

    Raises:
        AssertionError: The product failed.
    """
    assert answer.status < 500 or route.path == "/readyz", f"{route.method} {route.path}: {answer.status}"
    to = answer.headers.get("location", "")
    if answer.status == 303 and to.startswith("/sign-in") and route.needs not in _OPEN:
        return "sign-in"
    return str(answer.status) if answer.status in {403, 404, 405} else "yes"


def _tries(world: World, route: Route, persona: Persona) -> Iterator[tuple[Relation, Things]]:
    for relation in relations(route, persona):
        assert persona.kind is not None
        things = dict(world.things[persona.kind, relation])
        if relation == "own" and persona.signed_in is not None:
            things["session_id"] = str(persona.signed_in.actor.session)
        yield relation, things
    if persona.kind is None or not route.ids:
        yield "", world.things[OrgKind.BUSINESS, "own"]


def _written(found: Mapping[Relation, str]) -> str:
    """`yes`, or `holder yes, offered yes, else 404` when it depends on the relation."""
    usual = list(found.values())[-1]
    other = [f"{relation} {word}" for relation, word in found.items() if word != usual]
    return ", ".join([*other, f"else {usual}"]) if other else usual


def row(client: Browser, portal: Portal, world: World, route: Route) -> dict[str, str]:
    """One line of the matrix."""
    cells = {one.name: cell(client, portal, world, route, one) for one in world.personas}
    return {"route": route.path, "method": route.method, "needs": route.needs, **cells}
