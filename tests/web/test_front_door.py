from dataclasses import replace

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.app import build
from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import Portal
from people import people


def test_health_is_open_to_everybody(client: TestClient[Litestar]) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_readiness_names_each_part(client: TestClient[Litestar]) -> None:
    answer = client.get("/readyz")
    assert answer.json()["checks"]["database"] == "ok"


def test_why_a_part_is_not_ready_is_for_the_operator_and_the_process_log(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    behind = "the oldest event has waited 7200 seconds"
    late = replace(portal, healthy={"database": lambda: "", "log": lambda: behind})
    with TestClient(build(late), base_url="http://portal.test") as client:
        business, operator = people(portal, [OrgKind.BUSINESS, OrgKind.OPERATOR])
        for cookie in (dict[str, str](), business.cookie):
            client.cookies.update(cookie)
            answer = client.get("/readyz")
            assert answer.status_code == 503
            assert answer.json() == {"status": "not ready", "checks": {"database": "ok", "log": "not ready"}}
        client.cookies.update(operator.cookie)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {"database": "ok", "log": behind}
    assert [record.getMessage() for record in caplog.records if behind in record.getMessage()] == [
        f"readiness: log: {behind}"
    ]


def test_an_unknown_page_is_a_kind_404(client: TestClient[Litestar]) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert "could not find" in answer.text
