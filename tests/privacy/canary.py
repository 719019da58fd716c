"""A person whose every trace is a word that stands nowhere else, in every table and file."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2 as httpx
from sqlalchemy import Connection, insert, select

from inquiry_router.assignment.store import put_assignment
from inquiry_router.calls.model import Call
from inquiry_router.calls.spool import Spool
from inquiry_router.configuration.store import save_document
from inquiry_router.delivery.tables import attempts, deliveries
from inquiry_router.house import House
from inquiry_router.introductions.store import add_introduction
from inquiry_router.learning.store import save_vectors
from inquiry_router.phone.model import CallState, Stage
from inquiry_router.process.ids import new_id
from inquiry_router.providers.kit.source import Thin
from inquiry_router.referrals.tables import hints, referral_feedback, referral_flags
from inquiry_router.relief.model import Bypass
from inquiry_router.relief.store import add_bypass
from inquiry_router.relief.tables import baseline_cells, baselines
from inquiry_router.routing.own_categories import OwnCategories
from inquiry_router.schema import metadata
from inquiry_router.sources.store import add_event
from inquiry_router.telling.model import Notice, Receiver, Telling
from inquiry_router.telling.store import add_notice, add_tellings, set_state, take_waiting
from tests.calls.test_lines import add, send
from tests.calls.test_recordings import action_of, httpx_form, multipart
from tests.conftest import NOW

EMAIL = "kanarek.zolty@ptasi.example"
PHONE_NUMBER = "+48605123987"
WRITTEN_NUMBER = "605 123 987"
NAME = "Kanarek Żółtodziób"
WORDS = "szmaragdopiórą"
# Spellings of the traces, as any column or file could hold them.
TRACES = (
    *("kanarek.zolty", "605123987", "605 123 987", "605-123-987"),
    *("żółtodziób", "zoltodziob", "\\u017c\\u00f3\\u0142todzi", "szmaragdopi"),
)
CANARY = {"name": NAME, "email": EMAIL, "phone": PHONE_NUMBER, "company": None}
BARTEK = {"name": "Bartek Nowak", "email": "bartek@mlyn.example"}
LEAK = f"Pompa {WORDS} cieknie, proszę o serwis. {NAME}, tel. {WRITTEN_NUMBER}, {EMAIL}"
MENTION = f"Proszę oddzwonić do kolegi: 605-123-987 albo {EMAIL.upper()}. Zamówienie ZK/77/2026."
SOUND = b"RIFF a recording"


class World:
    """A house in which the canary and others have left traces."""

    def __init__(self, house: House, client: httpx.AsyncClient) -> None:
        self.house = house
        self.client = client
        self.ids: dict[str, str] = {}

    async def post(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        """Post JSON; check the status."""
        answered = await self.client.post(f"/v1{path}", json=body, headers=headers)
        assert answered.status_code == status, answered.text
        return answered.json()

    async def see(self, inquiry: str) -> httpx.Response:
        """Read an inquiry."""
        return await self.client.get(f"/v1/inquiries/{inquiry}")

    async def fill(self) -> None:
        """Leave traces everywhere."""
        await self._configure()
        await self._write()
        await self._call()
        await self._recommend()
        await self.house.database.write(self._leave_behind)
        state = CallState("pl", Stage.RINGING, 2, words=(WORDS,))
        waiting = Call("line-1", "waiting", PHONE_NUMBER, None, NOW, name=NAME, state=state)
        Spool(self.house.settings.phone_dir).add(waiting)
        left = self.house.settings.phone_dir / f"{'a' * 64}.4711"
        left.write_text(json.dumps({"caller": PHONE_NUMBER})[:-1], "utf-8")

    async def _configure(self) -> None:
        destination = {
            "id": "hook",
            "name": "Hook",
            "kind": "webhook",
            "settings": {"url": "https://hook.example/in", "secret": "whsec_" + "A" * 43 + "="},
        }
        await self.post("/destinations", destination, 201)

        account = {
            "name": "Ptasi Młyn",
            "notes": f"Dzwonić do: {WRITTEN_NUMBER}",
            "contacts": [{"name": NAME, "emails": [EMAIL], "phones": [PHONE_NUMBER]}],
        }
        await self.post("/accounts", account, 201)

    @property
    def _own_category(self) -> dict[str, Any]:
        examples = [f"Faktura numer {number} jest zła, pisze {EMAIL}" for number in range(12)]
        names = {"pl": "spór", "en": "dispute"}
        category = {
            "id": "dispute",
            "names": names,
            "description": "An invoice is disputed.",
            "team": "triage",
            "examples": examples,
        }
        OwnCategories.model_validate({"categories": [category]})
        return {"categories": [category]}

    async def _write(self) -> None:
        """Inquiries of the canary alone, of somebody else, and of both."""
        opened = await self.post(
            "/inquiries",
            {"channel": "email", "text": LEAK, "subject": WORDS, "contact": CANARY},
            201,
            **{"Idempotency-Key": f"form-{EMAIL}"},
        )
        self.ids["own"] = own = opened["id"]
        later = {"channel": "chat", "text": f"I jeszcze: {WORDS} piszczy", "contact": CANARY}
        await self.post(f"/inquiries/{own}/messages", later, 201)
        said = {"who": "Celina", "category": "defect", "why": f"Rozmawiałam: {WORDS}"}
        await self.post(f"/inquiries/{own}/correction", said)
        await self.post(f"/inquiries/{own}/resolution", {"who": "Celina", "note": WORDS})
        text = f"Proszę o ofertę na trzy wózki paletowe, {WORDS}"
        twin = {"channel": "email", "text": text, "contact": {"email": EMAIL}}
        self.ids["twin"] = (await self.post("/inquiries", twin, 201))["id"]
        other = {"channel": "email", "text": MENTION, "contact": BARTEK}
        self.ids["other"] = (await self.post("/inquiries", other, 201))["id"]
        shared = {"channel": "email", "text": "Prasa stoi od rana", "contact": BARTEK}
        self.ids["shared"] = both = (await self.post("/inquiries", shared, 201))["id"]
        text = f"Prasa znowu się zepsuła i stoi: {WORDS}. {NAME}"
        added = {"channel": "email", "text": text, "contact": CANARY}
        await self.post(f"/inquiries/{both}/messages", added, 201)
        more = {"channel": "email", "text": f"Dzięki, {NAME}! Czekam.", "contact": BARTEK}
        await self.post(f"/inquiries/{both}/messages", more, 201)

    async def _call(self) -> None:
        """A call that ends in a recorded message."""
        read = await self.client.get("/v1/phone/settings")
        tag = {"If-Match": read.headers["ETag"]}
        settings = {"callbacks": {"count": 0}}
        changed = await self.client.put("/v1/phone/settings", json=settings, headers=tag)
        assert changed.status_code == 200
        url = (await add(self.client, "freeswitch"))["url"]
        who = {
            "session_id": "s-1",
            "Caller-Caller-ID-Number": PHONE_NUMBER,
            "Caller-Caller-ID-Name": NAME,
            "exiting": "false",
        }
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await send(self.house, url, httpx_form(who), **form)
        url = action_of(answer.text, "speak")
        who |= {"input": "1", "input_type": "dtmf"}
        answer = await send(self.house, url, httpx_form(who), **form)
        body, kind = multipart(who, SOUND)
        url = action_of(answer.text, "record")
        answer = await send(self.house, url, body, **{"content-type": kind})
        assert "hangup" in answer.text
        for _ in range(100):  # a busy machine stores a call a moment later
            await self.house.calls.store_spooled(NOW)
            if (await self.client.get("/v1/callbacks")).json()["items"]:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the call was not stored")

    async def _recommend(self) -> None:
        """The canary as a prospect, and as a recommender."""
        canary = {"name": NAME, "phone": PHONE_NUMBER, "email": EMAIL}
        bartek = {"name": "Bartek Nowak", "email": "bartek@mlyn.example"}
        for key, recommender, prospect in (
            ("as_prospect", bartek, canary),
            ("as_recommender", canary, bartek),
        ):
            body = {"recommender": recommender, "prospect": prospect, "need": f"Pompa {WORDS}"}
            self.ids[key] = (await self.post("/referrals", body, 201))["id"]

    def _leave_behind(self, connection: Connection) -> None:
        """Rows that take a vendor or a training to come about."""
        save_document(connection, "categories", self._own_category, 0, "admin", None, NOW)
        known = {"ticket": "77", "from": EMAIL}
        add_event(connection, "zammad-1", Thin(f"event-{EMAIL}", known), NOW)
        save_vectors(connection, "e" * 64, {self.ids["own"]: (b"\x01\x02", b"\x03")})
        self._tell(connection)
        self._hand_over(connection)
        self._say_about_referrals(connection)
        ids = select(deliveries.c.id).where(deliveries.c.inquiry_id == self.ids["own"])
        for number, delivery_id in enumerate(connection.scalars(ids).all(), 1):
            values = {
                "id": new_id(),
                "delivery_id": delivery_id,
                "number": number,
                "at": NOW,
                "duration_ms": 5,
                "outcome": "dead",
                "error": f"422: {EMAIL} is unknown",
            }
            connection.execute(insert(attempts).values(values))
            dead = deliveries.update().where(deliveries.c.id == delivery_id)
            connection.execute(dead.values(state="dead", last_error=f"{EMAIL} is unknown"))

    def _tell(self, connection: Connection) -> None:
        """Notices about the canary, and one to them."""
        for inquiry in (self.ids["own"], None):
            to = Receiver(group="customer")
            key = f"hint:{EMAIL}:{inquiry}"[:200]
            add_notice(connection, Notice("hint", key, to, {"text": LEAK}, inquiry), NOW)
        for stored in take_waiting(connection, 2):
            way = Telling(stored, "mail", EMAIL, NAME, "pl", NOW)
            add_tellings(connection, [way], NOW)
            set_state(connection, stored.id, "planned", None)
        own, delivery = self.ids["own"], new_id()
        add_introduction(connection, own, None, EMAIL, "Jan Nowak", "Ewa Lis", delivery, NOW)

    def _hand_over(self, connection: Connection) -> None:
        """An offer that was passed on with a reason, and calls that reached a salesperson."""
        passed = {"member": new_id(), "said": f"Zna mnie {NAME}: {WORDS}"}
        offer = {
            "inquiry_id": self.ids["own"],
            "state": "offered",
            "team": "sales",
            "rule": "all",
            "member_id": new_id(),
            "weight": 1,
            "is_call": False,
            "since": NOW,
            "in_turn": True,
            "passed": [passed],
        }
        put_assignment(connection, offer)
        call = Bypass(NOW, "Jan Nowak", "call_log", "phone", key="leg-1", number=PHONE_NUMBER)
        assert add_bypass(connection, call, NOW)
        cell = {
            "baseline_id": new_id(),
            "month": "2026-10",
            "person": "Jan Nowak",
            "account": f"{NAME} {EMAIL}",
            "channel": "phone",
            "category": "",
            "intent": "",
            "curves": [],
            **dict.fromkeys(("calls", "talk_s", "loops", "unmet", "matters", "measured_s"), 1),
        }
        baseline = {
            "id": cell["baseline_id"],
            "kind": "calls",
            "name": "calls.csv",
            "sha256": "a" * 64,
            "state": "done",
            "place": 1,
            "at": NOW,
            "actor": "admin",
            "inputs": {},
            "inputs_version": 1,
            "known": {},
        }
        connection.execute(insert(baselines).values(baseline))
        connection.execute(insert(baseline_cells).values(cell))

    def _say_about_referrals(self, connection: Connection) -> None:
        """Words of our people about the canary, and praise by the canary."""
        for key in ("as_prospect", "as_recommender"):
            hanging = {"referral_id": self.ids[key], "at": NOW}
            note = f"{NAME} pyta o {WORDS}" if key == "as_prospect" else None
            feedback = {**hanging, "person": "Jan Nowak", "note": note}
            connection.execute(insert(referral_feedback).values(feedback))
            flag = {**hanging, "id": new_id(), "kind": "test", "reason": f"to {NAME}"}
            connection.execute(insert(referral_flags).values(flag))
        praise = {
            "id": new_id(),
            "account_id": new_id(),
            "account_name": "Ptasi Młyn",
            "person": "Jan Nowak",
            "person_key": "jan nowak",
            "reason": "praise",
            "inquiry_id": self.ids["own"],
            "words": f"Dziękuję, {WORDS} działa",
            "language": "pl",
            "at": NOW,
            "ends_at": NOW,
            "state": "open",
        }
        connection.execute(insert(hints).values(praise))


def rows_with_traces(connection: Connection) -> list[str]:
    """Every table and column that holds a trace of the canary, with the value."""
    found = []
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)):
            for column, value in row._mapping.items():
                written = json.dumps(value, ensure_ascii=False, default=str).casefold()
                if any(trace.casefold() in written for trace in TRACES):
                    found.append(f"{table.name}.{column}: {written[:300]}")
    return found


def files_with_traces(*folders: Path) -> list[str]:
    """Every file below folders whose bytes hold a trace."""
    wanted = [*(trace.encode() for trace in (*TRACES, "Żółtodziób")), SOUND]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [str(one) for one in files if any(trace in one.read_bytes() for trace in wanted)]
