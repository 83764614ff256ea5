"""The composition root: settings become parts, parts become the running portal."""

from collections.abc import Callable
from datetime import datetime

from anyio.to_thread import current_default_thread_limiter
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar import Litestar
from litestar.datastructures import CacheControlHeader, State
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.database import CONNECTIONS, Database, Door
from handoff_portal.adapters.leaked import LeakedPasswords
from handoff_portal.adapters.objects.opening import objects
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.passwords import Cost, Passwords
from handoff_portal.adapters.vault.master import master_key
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.adapters.vault.signing import SigningKeys
from handoff_portal.adapters.vault.vault import SystemKey, Vault
from handoff_portal.adapters.zones import StaleZones, require_fresh_zones
from handoff_portal.agencies.pages import ROUTES as AGENCIES
from handoff_portal.audit.actions.keeping import freshness
from handoff_portal.audit.actions.testimony import witnesses
from handoff_portal.audit.pages import ROUTES as AUDIT
from handoff_portal.conduct.pages import ROUTES as CONDUCT
from handoff_portal.contacts.model.conduct import warm_up
from handoff_portal.contacts.pages import ROUTES as CONTACTS
from handoff_portal.core.actor import Origin
from handoff_portal.core.refusals import Refusal
from handoff_portal.desk.pages import ROUTES as DESK
from handoff_portal.documents.pages import ROUTES as DOCUMENTS
from handoff_portal.guard.book import shipped_book
from handoff_portal.guard.model.rulefile import BadRuleFile
from handoff_portal.guard.pages import ROUTES as GUARD
from handoff_portal.handoffs.pages import ROUTES as HANDOFFS
from handoff_portal.identity import pages as identity
from handoff_portal.identity.actions.keys import load_system_keys
from handoff_portal.identity.actions.sessions import resolve
from handoff_portal.intake.pages import ROUTES as INTAKE
from handoff_portal.portfolios.pages import ROUTES as PORTFOLIOS
from handoff_portal.recoveries.pages import ROUTES as RECOVERIES
from handoff_portal.settings import ROOT, BadSettings, Mode, Settings, read
from handoff_portal.web import health
from handoff_portal.web.front_door import FrontDoor
from handoff_portal.web.headers import header_writer
from handoff_portal.web.portal import Portal, PortalRequest
from handoff_portal.web.refusals import HANDLERS
from handoff_portal.web.routes import Open

STATIC = ROOT / "src" / "handoff_portal" / "web" / "static"


def open_database(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Database:
    """The database with all doors; its vault has not read the system keys yet.

    Raises:
        BadSettings: The master key cannot be opened.
    """
    try:
        master = master_key(settings.keys, settings.keys_endpoint, settings.keys_passphrase)
    except ValueError as error:
        raise BadSettings([f"HANDOFF_KEYS: {error}"]) from error
    vault = Vault(master, signing=_signing(settings))
    urls = {
        Door.APP: settings.app_url,
        Door.GATE: settings.gate_url,
        Door.WORKER: settings.worker_url,
        Door.SEQUENCER: settings.sequencer_url,
    }
    return Database(urls, vault, clock)


def _signing(settings: Settings) -> dict[SystemKey, SigningKeys]:
    """The keys that sign inside KMS. Raises BadSettings."""
    if not settings.signing_key:
        return {}
    from handoff_portal.adapters.vault.kms_signing import KmsSigningKeys  # noqa: PLC0415 - boto3 loads slowly

    keys = settings.signing_key.removeprefix("kms:").split(",")
    try:
        return {SystemKey.CHECKPOINT_SIGNING: KmsSigningKeys(keys, settings.keys_endpoint)}
    except ValueError as error:
        raise BadSettings([f"HANDOFF_SIGNING_KEY: {error}"]) from error


def build_portal(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Portal:
    """All parts of one portal, without a web server.

    Raises:
        BadSettings: A setting names a key or store that cannot be used.
        Unavailable: Database, keys or store do not answer.
    """
    store = _store("HANDOFF_OBJECTS", settings.objects, settings)
    cost = Cost.LAPTOP if settings.mode is Mode.DEMO else Cost.PRODUCTION
    passwords = Passwords(cost, leaked=LeakedPasswords(settings.password_range_url))
    anchor = _store("HANDOFF_ANCHOR", settings.anchor, settings) if settings.anchor else store
    _require_witnesses(settings)
    _require_rules()
    database = open_database(settings, clock)
    _load_keys(database)
    return Portal(
        settings=settings,
        database=database,
        vault=database.vault,
        objects=store,
        anchor=anchor,
        resolve=resolve,
        healthy=readiness(database, store),
        passwords=passwords,
    )


def _require_witnesses(settings: Settings) -> None:
    try:
        witnesses(settings.witnesses)
    except ValueError as error:
        raise BadSettings([f"HANDOFF_WITNESSES: {error} Ask the witness for its line again."]) from error


def _require_rules() -> None:
    """Refuse to start with rules that cannot be read or with clocks that would tell a wrong hour."""
    try:
        shipped_book()
    except StaleZones as error:
        raise BadSettings([f"{error} Install the newest release of the portal, or of its tzdata."]) from error
    except BadRuleFile as error:
        raise BadSettings([f"The contact rules cannot be used: {error} Install the portal again."]) from error


def _zones_problem() -> str:
    try:
        require_fresh_zones()
    except StaleZones as error:
        return str(error)
    return ""


def _load_keys(database: Database) -> None:
    """Read the system keys, or give the connections back and say what is wrong."""
    try:
        with database.gate(Origin()) as work:
            load_system_keys(work)
            work.vault.signer(SystemKey.CHECKPOINT_SIGNING)
    except TypeError as error:
        database.close()
        raise BadSettings([f"HANDOFF_SIGNING_KEY: {error}."]) from error
    except Tampered as error:
        database.close()
        raise BadSettings(["HANDOFF_KEYS is not the key that this database was begun with."]) from error
    except Exception:
        database.close()
        raise


def _store(variable: str, url: str, settings: Settings) -> ObjectStore:
    try:
        return objects(url, settings.objects_endpoint)
    except ValueError as error:
        raise BadSettings([f"{variable}: {error}"]) from error


def readiness(database: Database, store: ObjectStore) -> dict[str, Callable[[], str]]:
    """The checks of /readyz."""

    def answers(check: Callable[[], object]) -> str:
        try:
            check()
        except Refusal as refusal:
            return refusal.say
        return ""

    return {
        "database": lambda: "" if database.answers() else "does not answer",
        "objects": lambda: answers(store.check),
        "keys": lambda: answers(database.vault.check),
        "contact rules": _zones_problem,
        "log": lambda: freshness(database) if database.answers() else "cannot be asked",
    }


def build(portal: Portal) -> Litestar:
    """The web application of a portal."""
    static = create_static_files_router(
        path="/static",
        directories=[STATIC],
        opt={"needs": Open.EVERYBODY},
        cache_control=CacheControlHeader(max_age=3600, public=True),
    )
    app = Litestar(
        route_handlers=[
            static,
            *health.ROUTES,
            *identity.ROUTES,
            *DOCUMENTS,
            *AGENCIES,
            *HANDOFFS,
            *INTAKE,
            *CONTACTS,
            *CONDUCT,
            *GUARD,
            *RECOVERIES,
            *PORTFOLIOS,
            *AUDIT,
            *DESK,
        ],
        middleware=[FrontDoor()],
        on_startup=[_share_threads],
        before_send=[header_writer(portal.settings)],
        exception_handlers=HANDLERS,
        request_class=PortalRequest,
        state=State({"portal": portal}),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
        debug=False,
    )
    _require_declared(app)
    return app


async def _share_threads() -> None:
    """As many handlers run at once as a door has connections."""
    current_default_thread_limiter().total_tokens = CONNECTIONS


def create() -> ASGIApp:
    """What the web server loads (`handoff_portal.app:create`)."""
    settings = read()
    warm_up()
    app = build(build_portal(settings))
    if not settings.proxies:
        return app
    behind: ASGIApp = wrap_asgi_with_proxy_headers(app, list(settings.proxies))
    return behind


def _require_declared(app: Litestar) -> None:
    """Refuse to start while a route does not say who may use it (OPTIONS answers are refused at the door)."""
    silent = [
        f"{route.path} ({handler})"
        for route in app.routes
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)])
        if handler is not None
        and "needs" not in handler.opt
        and set(getattr(handler, "http_methods", ())) != {"OPTIONS"}
    ]
    if silent:
        raise RuntimeError("These routes do not declare who may use them: " + ", ".join(silent))
