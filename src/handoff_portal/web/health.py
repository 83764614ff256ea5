"""Health for machines: /healthz says the process runs, /readyz that everything behind it answers."""

import logging
from collections.abc import Mapping

from litestar import MediaType, Response
from litestar.datastructures import State

from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, get

_log = logging.getLogger(__name__)


@get("/healthz", needs=Open.EVERYBODY)
def healthz(request: PortalRequest) -> Response[dict[str, str]]:  # noqa: ARG001 - every handler takes the request
    """200 as long as this process answers."""
    return Response({"status": "ok"}, media_type=MediaType.JSON)


@get("/readyz", needs=Open.EVERYBODY)
def readyz(request: PortalRequest) -> Response[dict[str, object]]:
    """200 when database, objects, keys and log are fit for work; 503 with the part that is not.

    Why a part is not fit is for the operator's people and the process's own log: how far the log is behind
    would tell a stranger when to strike.
    """
    found = {name: check() for name, check in request.portal.healthy.items()}
    _tell(request.app.state, found)
    actor = request.visitor.actor
    if actor is None or actor.org_kind is not OrgKind.OPERATOR:
        found = {name: why and "not ready" for name, why in found.items()}
    fit = not any(found.values())
    checks = {name: why or "ok" for name, why in found.items()}
    body: dict[str, object] = {"status": "ok" if fit else "not ready", "checks": checks}
    return Response(body, status_code=200 if fit else 503, media_type=MediaType.JSON)


def _tell(state: State, found: Mapping[str, str]) -> None:
    """Write down why, once for each time that another set of parts is not fit."""
    unfit = frozenset(name for name, why in found.items() if why)
    if unfit != state.get("unfit", frozenset()):
        for name, why in found.items():
            _log.warning("readiness: %s: %s", name, why or "ok")
    state.unfit = unfit


ROUTES = (healthz, readyz)
