"""Health for machines: /healthz says the process runs, /readyz that everything behind it answers."""

from litestar import MediaType, Response

from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, get


@get("/healthz", needs=Open.EVERYBODY)
def healthz(request: PortalRequest) -> Response[dict[str, str]]:  # noqa: ARG001 - every handler takes the request
    """200 as long as this process answers."""
    return Response({"status": "ok"}, media_type=MediaType.JSON)


@get("/readyz", needs=Open.EVERYBODY)
def readyz(request: PortalRequest) -> Response[dict[str, object]]:
    """200 when database, objects, keys and log are fit for work; 503 with the part that is not."""
    found = {name: check() or "ok" for name, check in request.portal.healthy.items()}
    fit = all(answer == "ok" for answer in found.values())
    body: dict[str, object] = {"status": "ok" if fit else "not ready", "checks": found}
    return Response(body, status_code=200 if fit else 503, media_type=MediaType.JSON)


ROUTES = (healthz, readyz)
