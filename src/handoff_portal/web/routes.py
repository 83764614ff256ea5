"""Declaring routes: each says who may use it, or the portal does not start (default deny)."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from anyio import to_thread
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.handlers import get as litestar_get
from litestar.handlers import post as litestar_post

from handoff_portal.core.events import Action, Code, Event, Outcome
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.web.portal import PortalRequest

Page = Response[Any]
Handler = Callable[..., Page]
AsyncHandler = Callable[..., Awaitable[Page]]


class Open(StrEnum):
    """Routes without a permission, each for a reason."""

    EVERYBODY = "everybody"
    PASSWORD_GIVEN = "password_given"  # noqa: S105 - a stage of signing in


Needs = Permission | Open


class Body(StrEnum):
    """How the body of an unsafe request is read."""

    FORM = "form"
    STREAM = "stream"


@dataclass(frozen=True, kw_only=True)
class FormRefused(Event):
    """A form came back to the person with mistakes marked."""

    action: ClassVar[Action] = Action.FORM_REFUSED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    form: Code
    fields: tuple[Code, ...]


def get(path: str, *, needs: Needs) -> Callable[[Handler], HTTPRouteHandler]:
    """A page. The handler runs in a thread and may block."""

    def declare(handler: Handler) -> HTTPRouteHandler:
        return litestar_get(path, opt={"needs": needs})(_threaded(handler))

    return declare


def post(
    path: str, *, needs: Needs, again: HTTPRouteHandler | Handler | None = None
) -> Callable[[Handler], HTTPRouteHandler]:
    """A form's target. The handler runs in a thread and may block.

    Args:
        path: Route path.
        needs: Who may use it.
        again: The page that shows the form; shown again, filled in, when the form is Invalid.
    """

    def declare(handler: Handler) -> HTTPRouteHandler:
        shown = handler if again is None else _with_again(handler, again)
        return litestar_post(path, opt={"needs": needs, "body": Body.FORM}, status_code=200)(_threaded(shown))

    return declare


def stream_post(
    path: str, *, needs: Needs, again: HTTPRouteHandler | Handler | None = None
) -> Callable[[AsyncHandler], HTTPRouteHandler]:
    """The target of a body that is read as it arrives (see `web.multipart`).

    The handler is async and must look at the form's token itself, or read through `web.multipart`, which
    does; what blocks belongs into `anyio.to_thread`.

    Args:
        path: Route path.
        needs: Who may use it.
        again: The page that shows the form; shown again, filled in, when the form is Invalid.
    """

    def declare(handler: AsyncHandler) -> HTTPRouteHandler:
        shown = handler if again is None else _with_async_again(handler, again)
        return litestar_post(path, opt={"needs": needs, "body": Body.STREAM}, status_code=200)(shown)

    return declare


def _with_async_again(handler: AsyncHandler, again: HTTPRouteHandler | Handler) -> AsyncHandler:
    show = _page_of(again)

    @functools.wraps(handler)
    async def answer(request: PortalRequest, **parts: Any) -> Page:  # noqa: ANN401 - path parts of any type
        try:
            return await handler(request=request, **parts)
        except Invalid as refusal:
            shown = functools.partial(_show_again, request, handler.__name__, refusal, show, parts)
            return await to_thread.run_sync(shown)

    return answer


def _with_again(handler: Handler, again: HTTPRouteHandler | Handler) -> Handler:
    show = _page_of(again)

    @functools.wraps(handler)
    def answer(request: PortalRequest, **parts: Any) -> Page:  # noqa: ANN401 - path parts of any type
        try:
            return handler(request=request, **parts)
        except Invalid as refusal:
            return _show_again(request, handler.__name__, refusal, show, parts)

    return answer


def _threaded(handler: Handler) -> AsyncHandler:
    """The handler as an async one that runs in a thread.

    Litestar's own `sync_to_thread` wraps a handler twice when its path has two methods or two applications
    share it, and then answers with a coroutine.
    """

    @functools.wraps(handler)
    async def answer(request: PortalRequest, **parts: Any) -> Page:  # noqa: ANN401 - path parts of any type
        return await to_thread.run_sync(functools.partial(handler, request=request, **parts))

    return answer


def _page_of(again: HTTPRouteHandler | Handler) -> Handler:
    """The plain function behind a route."""
    shown: Handler = inspect.unwrap(again.fn) if isinstance(again, HTTPRouteHandler) else again
    return shown


def _show_again(
    request: PortalRequest, form: str, refusal: Invalid, show: Handler, parts: Mapping[str, Any]
) -> Page:
    request.sent.errors.update(refusal.errors)
    _record(request, form, refusal.errors)
    page = show(request=request, **parts)
    page.status_code = refusal.status
    return page


def _record(request: PortalRequest, form: str, errors: Mapping[str, str]) -> None:
    if request.visitor.actor is None:
        return
    known = tuple(Code(name) for name in errors if name.replace("_", "").isalnum() and len(name) <= 40)  # noqa: PLR2004
    with request.work() as work:
        work.record(FormRefused(form=Code(form[:40]), fields=known))
