"""The least a page could be: the same queries and the same template, nothing else; what granian loads.

At its start it asks the real application for every path once and notes the queries that it ran as the
signed-in person and what it gave the template. Then it serves these paths: the same SQL as plain text, by a
role without row-level security, the rows fetched, the same template rendered with the same values. No
session, no rights, no keys, nothing opened, no headers.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg
from anyio import to_thread
from jinja2 import Template
from litestar import Litestar, MediaType, Request, Response, get
from litestar.testing import TestClient
from sqlalchemy import Engine, create_engine, event
from typing_extensions import override

from handoff_portal.adapters.database import Door
from handoff_portal.app import build, build_portal
from handoff_portal.settings import read
from handoff_portal.web.page import templates

ROLE_URL, PATHS, HEADERS = "BENCH_ROLE_URL", "BENCH_PATHS", "BENCH_HEADERS"
"""Environment: address with the bare role; JSON list of paths; JSON object of a person's headers."""

_DATA = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_OF_KEYS = re.compile(
    r"from (organisation_key|case_grant)\b|set_config|append_event|next_case_seq", re.IGNORECASE
)


@dataclass(slots=True)
class Noted:
    """What one page is made of: queries with their parameters, then the template and its values."""

    queries: list[tuple[str, Any]] = field(default_factory=list)
    template: Template | None = None
    values: dict[str, Any] = field(default_factory=dict)


def create() -> Litestar:
    """Note every path on the real application, then serve the bare pages."""
    noted = _note(json.loads(os.environ[PATHS]), json.loads(os.environ[HEADERS]))
    engine = create_engine(os.environ[ROLE_URL], pool_size=10, max_overflow=10)

    def made(page: Noted) -> bytes:
        with engine.connect() as connection:
            for statement, parameters in page.queries:
                connection.exec_driver_sql(statement, parameters).mappings().all()
        return _render(page).encode()

    @get(sorted({urlsplit(path).path for path in noted}))
    async def show(request: Request[Any, Any, Any]) -> Response[bytes]:
        query = request.scope["query_string"].decode()
        page = noted[f"{request.url.path}?{query}" if query else request.url.path]
        return Response(await to_thread.run_sync(made, page), media_type=MediaType.HTML)

    return Litestar([show], openapi_config=None, logging_config=None)


def _render(page: Noted) -> str:
    if page.template is None:
        raise LookupError("this path renders no template")
    return Template.render(page.template, page.values)


def _note(paths: list[str], headers: dict[str, str]) -> dict[str, Noted]:
    portal = build_portal(read())
    noted = {path: Noted() for path in paths}
    with TestClient(build(portal), base_url="http://127.0.0.1") as client:
        for path, page in noted.items():
            with _noting(portal.database.engine(Door.APP), page):
                answer = client.get(path, headers=headers)
            if answer.status_code != 200 or page.template is None:  # noqa: PLR2004 - OK
                raise RuntimeError(f"{path} answers {answer.status_code}")
    portal.database.close()
    return noted


@contextmanager
def _noting(engine: Engine, page: Noted) -> Iterator[None]:
    """Write down what runs and what is rendered while the block lasts."""

    class Listening(psycopg.Cursor[Any]):
        """A cursor that writes down the queries that it runs."""

        @override
        def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
            if _DATA.match(query) and not _OF_KEYS.search(query):
                page.queries.append((query, params))
            return super().execute(query, params, **options)

    def listen(connection: psycopg.Connection[Any], *_: object) -> None:
        connection.cursor_factory = Listening

    class Noting(Template):
        """A template that remembers what it was given."""

        @override
        def render(self, *args: Any, **values: Any) -> str:
            page.template, page.values = self, values
            return super().render(*args, **values)

    environment = templates()
    before, environment.template_class = environment.template_class, Noting
    environment.cache = {}
    event.listen(engine, "checkout", listen)
    yield
    event.remove(engine, "checkout", listen)
    environment.template_class = before
