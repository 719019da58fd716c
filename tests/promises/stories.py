"""Short ways to a story of promises: somebody writes, time goes by, the watchdog looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.model import Channel, Contact, Draft, Sending
from inquiry_router.matters.status import Act
from inquiry_router.promises.keeping import Round
from inquiry_router.promises.tables import alarms, promises
from inquiry_router.promises.watchdog import Watchdog
from inquiry_router.telling.tables import notices
from tests.conftest import client_of
from tests.promises.samples import MONDAY

FAULT = "Pompa kupiona w marcu nie pompuje, proszę o naprawę gwarancyjną."


@dataclass
class Watch:
    """A house, and verbs. A rule of the shipped policy promises an answer in four hours."""

    house: House
    writers: int = 0

    @property
    def writer(self) -> Contact:
        """The one who wrote last."""
        return Contact(f"Jan {self.writers}", f"jan{self.writers}@klient.example", company="Agro")

    async def open(self, at: datetime = MONDAY, text: str = FAULT, **more: Any) -> str:
        """Somebody writes, each time another one; return the id of the inquiry."""
        self.writers += 1
        draft = Draft(more.pop("channel", Channel.EMAIL), text, contact=self.writer, **more)
        return (await self.house.journey.receive(draft, Sending("test", ()), at)).id

    async def write_again(self, inquiry: str, at: datetime, text: str = "A kiedy?") -> None:
        draft = Draft(Channel.EMAIL, text, contact=self.writer)
        await self.house.journey.receive(draft, Sending("test", ()), at, matter=inquiry)

    async def act(self, inquiry: str, act: Act, at: datetime) -> None:
        await self.house.acts.record(act, inquiry, "Celina", None, "test", at)

    def dog(self, at: datetime) -> Watchdog:
        """A watchdog of a process in which it is that time."""
        house = self.house
        return Watchdog(house.database, house.configuration, lambda: house.staff.roster, lambda: at)

    async def look(self, at: datetime) -> Round:
        return await self.dog(at).watch()

    async def hire(self, name: str, **more: Any) -> None:
        """Enter one of our people; a second time with another absence."""
        body = {"name": name, "kind": "agent", "teams": ["customer_service"], **more}
        async with client_of(self.house) as client:
            known = await client.get(f"/v1/staff/{name}")
            if known.status_code == 200:
                headers = {"If-Match": known.headers["etag"]}
                answered = await client.put(f"/v1/staff/{name}", json=body, headers=headers)
            else:
                answered = await client.post("/v1/staff", json=body)
            assert answered.status_code in (200, 201), answered.text

    async def rows(self, query: Any) -> list[Any]:
        return await self.house.database.read(lambda c: list(c.execute(query)))

    async def kinds(self, inquiry: str) -> list[str]:
        """The kinds of the timeline, without decisions."""
        query = select(timeline.c.kind).where(timeline.c.inquiry_id == inquiry)
        found = [row.kind for row in await self.rows(query.order_by(timeline.c.id))]
        return [kind for kind in found if kind != "routed"]

    async def told(self) -> list[tuple[str, str]]:
        """The kind and receiver of each notice."""
        found = await self.rows(select(notices).order_by(notices.c.id))
        return [(row.kind, row.receivers or row.member_id) for row in found]

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        query = select(notices.c.facts).where(notices.c.kind == kind).order_by(notices.c.id)
        return [row.facts for row in await self.rows(query)]

    async def clocks(self, inquiry: str) -> dict[str, Any]:
        query = select(promises).where(promises.c.inquiry_id == inquiry)
        rows = await self.rows(query.order_by(promises.c.began_at))
        return {row.kind: row for row in rows}

    async def alarms(self) -> list[Any]:
        return await self.rows(select(alarms).order_by(alarms.c.id))

    async def row(self, inquiry: str) -> Any:
        (found,) = await self.rows(select(inquiries).where(inquiries.c.id == inquiry))
        return found

    async def set(self, inquiry: str, **values: Any) -> None:
        changed = update(inquiries).where(inquiries.c.id == inquiry).values(values)
        await self.house.database.write(lambda c: c.execute(changed) and None)
