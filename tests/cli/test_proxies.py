"""Behind a proxy, the log and the throttles see the browser's address, and nobody can make one up."""

from pathlib import Path

import httpx
import psycopg
import pytest

from cli.running import House
from handoff_portal.adapters.postgres import EmbeddedPostgres
from served import served


def addresses(postgres: EmbeddedPostgres, house: House, more: dict[str, str], forwarded: str) -> set[str]:
    """Which addresses the log gained by a refused sign-in that came with this X-Forwarded-For."""
    with psycopg.connect(postgres.url("postgres", "house").replace("+psycopg", "")) as connection:
        found = "select id from audit_event order by id desc limit 1"
        [last] = connection.execute(found).fetchone() or [0]
        with served(house.environment | more) as server:
            page = f"http://127.0.0.1:{server.port}/sign-in"
            with httpx.Client(headers={"X-Forwarded-For": forwarded}) as browser:
                token = browser.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
                form = {"email": "nobody@example.com", "password": "wrong", "csrf_token": token}
                assert browser.post(page, data=form).status_code == 422
        rows = connection.execute(
            "select convert_from(leaf, 'UTF8')::jsonb->>'ip' from audit_event where id > %s", [last]
        )
        return {ip for (ip,) in rows}


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        ("10.0.0.0/8", "198.51.100.7", "127.0.0.1"),
        ("127.0.0.0/8", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.0/8", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_address_of_the_browser_is_taken_from_trusted_proxies_only(
    postgres: EmbeddedPostgres, house: House, trusted: str, forwarded: str, expected: str
) -> None:
    more = {"HANDOFF_TRUSTED_PROXIES": trusted}
    assert addresses(postgres, house, more, forwarded) == {expected}


def test_the_compose_file_trusts_the_network_of_its_front_alone() -> None:
    compose = (Path(__file__).resolve().parents[2] / "infra" / "compose.yaml").read_text("utf-8")
    assert compose.count("172.30.77.0/24") == 2
