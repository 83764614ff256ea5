from litestar import Litestar
from litestar.testing import TestClient


def test_health_is_open_to_everybody(client: TestClient[Litestar]) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_readiness_names_each_part(client: TestClient[Litestar]) -> None:
    answer = client.get("/readyz")
    assert answer.json()["checks"]["database"] == "ok"


def test_an_unknown_page_is_a_kind_404(client: TestClient[Litestar]) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert "could not find" in answer.text
