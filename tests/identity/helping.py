"""Who has a part when somebody lost phone and recovery codes."""

from dataclasses import dataclass

from sqlalchemy import text

from handoff_portal.adapters.database import Door
from handoff_portal.identity.actions.recovery_renewal import open_due
from handoff_portal.web.portal import Portal
from identity.walks import Browsing, Clock, Enrolled, link_of


@dataclass
class Cast:
    """Who has a part in it, each in a browser of their own, signed in but the person who lost everything."""

    person: Enrolled
    admin: Enrolled
    officer: Enrolled
    lost: Browsing
    at_admin: Browsing
    at_officer: Browsing
    clock: Clock
    house: Portal

    @property
    def id(self) -> str:
        with self.house.database.engine(Door.GATE).connect() as connection:
            query = text("select id from factor_recovery where person_id = :p order by asked_at desc limit 1")
            return str(connection.execute(query, {"p": self.person.person}).scalar_one())

    def ask(self) -> None:
        self.lost.give_password(self.person.email)
        assert self.lost.last is not None
        assert "I have lost my phone and my codes" in self.lost.last.text
        page = self.lost.post("/sign-in/lost", page="/sign-in/lost")
        assert page.status_code == 200
        assert "Help is on its way" in page.text

    def check(self) -> None:
        self.clock.pass_time(seconds=30)
        self.at_admin.step_up(self.admin)
        page = self.at_admin.post(
            f"/identity-checks/{self.id}/check",
            page=f"/identity-checks/{self.id}",
            method="in_person",
            reference="HR-2041",
        )
        assert "Your check is noted" in page.text

    def approve(self) -> None:
        self.clock.pass_time(seconds=30)
        self.at_officer.step_up(self.officer)
        page = self.at_officer.post(f"/identity-checks/{self.id}/approve", page=f"/identity-checks/{self.id}")
        assert "Approved" in page.text

    def wait(self) -> str:
        self.clock.pass_time(hours=24)
        open_due(self.house.database)
        return link_of(self.house, self.person.person, "factor_recovery_link")

    def ending(self) -> str | None:
        with self.house.database.engine(Door.GATE).connect() as connection:
            query = text("select ending from factor_recovery where id = :i")
            found: str | None = connection.execute(query, {"i": self.id}).scalar_one()
            return found


def events_of(cast: Cast) -> list[str]:
    """Leaves of the log about this request."""
    with cast.house.database.engine(Door.SEQUENCER).connect() as connection:
        query = text(
            "select convert_from(leaf, 'UTF8') from audit_event"
            " where action like 'factor_recovery.%' order by ts"
        )
        leaves = connection.execute(query).scalars()
        return [leaf for leaf in leaves if cast.id in leaf]
