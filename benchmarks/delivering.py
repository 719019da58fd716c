"""Delivering through the outbox beside the HTTP client alone.

`python -m benchmarks.delivering URL` prints the two costs. It sends the same requests to the same
receiver, which is a process of its own, once through the dispatcher and once through the client.
"""

import asyncio
import json
import logging
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row, func, insert, select, update

from benchmarks.bodies import inquiry
from benchmarks.launch import ConstantModel
from benchmarks.load import LOOPBACK
from benchmarks.servers import settings_of
from inquiry_router.classification.service import ClassifierService
from inquiry_router.database.opening import open_database
from inquiry_router.delivery.dispatcher import Dispatcher
from inquiry_router.delivery.payloads import render_payloads
from inquiry_router.delivery.sender import Sender
from inquiry_router.delivery.tables import deliveries, destinations
from inquiry_router.house import House
from inquiry_router.inquiry.model import Channel, Draft, Sending
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Clients
from inquiry_router.outside.messages import OutgoingRequest
from inquiry_router.process.clock import utc_now
from inquiry_router.process.memory import spare_loaded_objects
from inquiry_router.providers import PROVIDERS, Handover

DELIVERIES: Final = 400
ROUNDS: Final = 5
AT_ONCE: Final = 4
_SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_REACH: Final = Reach(loopback=True)
_PENDING: Final = deliveries.c.state == "pending"


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of this process for a delivery, and for its request alone, in microseconds."""

    delivering_us: float
    client_us: float


def run(url: str) -> list[Cost]:
    """Measure in another process, on the database at this address."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.delivering", url],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"delivering failed: {done.stderr.strip()[-400:]}")
    return [Cost(**cost) for cost in json.loads(done.stdout.splitlines()[-1])]


class _Receiver(asyncio.Protocol):
    """Answers 204 to each request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (head := self._received.find(b"\r\n\r\n")) >= 0:
            length = int(self._received[:head].lower().split(b"content-length:")[1].split()[0])
            if len(self._received) < head + 4 + length:
                return
            self._received = self._received[head + 4 + length :]
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def _receive() -> None:
    server = await asyncio.get_running_loop().create_server(_Receiver, LOOPBACK, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _measure(database_url: str, port: int) -> list[Cost]:
    settings = _settings(database_url)
    house = House(settings, open_database(settings), ClassifierService(ConstantModel))
    webhook = {"url": f"http://{LOOPBACK}:{port}/", "secret": _SECRET}
    async with house.open():
        spare_loaded_objects()  # as the service does
        await house.database.write(lambda connection: _add_destination(connection, webhook))
        await house.configuration.load()
        return [await _round(house, webhook, number) for number in range(ROUNDS + 1)][1:]


def _settings(database_url: str) -> Any:
    """Settings of a service that delivers nothing by itself."""
    idle = {"dispatch": False, "fetch": False, "remind": False}
    return settings_of(database_url).model_copy(update=idle)


def _add_destination(connection: Connection, webhook: dict[str, str]) -> None:
    connection.execute(update(destinations).values(enabled=False))
    row = {"id": "bench", "name": "bench", "kind": "webhook", "settings": webhook}
    filters = {"events": [], "teams": [], "enabled": True, "created_at": utc_now()}
    connection.execute(insert(destinations).values(**row, **filters))


async def _round(house: House, webhook: dict[str, str], number: int) -> Cost:
    first = number * DELIVERIES  # what came before would be the same matter
    await asyncio.gather(*(_take_in(house, first + each) for each in range(DELIVERIES)))
    requests = await house.database.read(lambda connection: _requests(connection, webhook))
    client_us = await _send_alone(requests)
    dispatcher, stop = Dispatcher(house.database, Sender(reach=_REACH)), asyncio.Event()
    begun = time.process_time()
    running = asyncio.create_task(dispatcher.run(stop))
    while await house.database.read(_count_pending):
        await asyncio.sleep(0.05)
    used = time.process_time() - begun
    stop.set()
    await running
    return Cost(1e6 * used / DELIVERIES, client_us)


async def _take_in(house: House, number: int) -> None:
    body = json.loads(inquiry(number))
    draft = Draft(Channel(body["channel"]), body["text"], body["subject"])
    await house.journey.receive(draft, Sending("bench", ()), utc_now())


def _requests(connection: Connection, webhook: dict[str, str]) -> list[OutgoingRequest]:
    """The requests of all pending deliveries, as the dispatcher will send them."""
    rows: list[Row[Any]] = list(connection.execute(select(deliveries).where(_PENDING)))
    payloads = render_payloads(connection, rows)
    provider = PROVIDERS["webhook"]
    settings = provider.settings_model.from_stored(webhook, reach=_REACH)
    handovers = (Handover(row.id, row.event, payloads[row.id]) for row in rows)
    built = (provider.hand_over(settings, handover, utc_now()) for handover in handovers)
    return [one for one in built if isinstance(one, OutgoingRequest)]


async def _send_alone(requests: list[OutgoingRequest]) -> float:
    limit, client = asyncio.Semaphore(AT_ONCE), Clients(reach=_REACH)

    async def send(request: OutgoingRequest) -> None:
        async with limit:
            await client.send(request.method, request.url, request.headers, request.body)

    begun = time.process_time()
    await asyncio.gather(*(send(request) for request in requests))
    used = time.process_time() - begun
    await client.aclose()
    return 1e6 * used / len(requests)


def _count_pending(connection: Connection) -> int:
    query = select(func.count()).select_from(deliveries).where(_PENDING)
    count: int = connection.execute(query).scalar_one()
    return count


def ratio(costs: list[Cost]) -> float:
    """The cost of a delivery as a multiple of its request; the median of the rounds."""
    return median(cost.delivering_us / cost.client_us for cost in costs)


def _main(database_url: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    command = [sys.executable, "-m", "benchmarks.delivering", "receive"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as receiver:
        assert receiver.stdout is not None
        try:
            costs = asyncio.run(_measure(database_url, int(receiver.stdout.readline())))
        finally:
            receiver.terminate()
    print(json.dumps([asdict(cost) for cost in costs]))


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        asyncio.run(_receive())
    else:
        _main(sys.argv[1])
