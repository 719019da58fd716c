"""The door for baselines: last year from a call log, a diary, a mailbox, or counts."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

from fastapi import Path as PathParameter
from fastapi import Query, Request, Response
from pydantic import ValidationError

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Role, Scope
from inquiry_router.api.doors import baseline_mailboxes as mailboxes
from inquiry_router.api.schemas.baselines import BaselineList, BaselineOut, MailboxReadingOut
from inquiry_router.api.web.columns import read_columns
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.problems import invalid
from inquiry_router.api.web.routing import Door, answer, house, key_of, limited_body
from inquiry_router.api.web.strict_json import read_json
from inquiry_router.configuration.documents import MONITORING, RELIEF
from inquiry_router.inquiry.errors import BodyTooLarge, Invalid, UnsupportedMediaType
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import is_id
from inquiry_router.relief import baseline_store as store
from inquiry_router.relief.baseline_body import BaselineIn
from inquiry_router.relief.baseline_files import WARSAW, FileOptions, count_file
from inquiry_router.relief.baseline_model import BaselineCounts
from inquiry_router.relief.baselines import baseline_json, find_accounts, keep_baseline
from inquiry_router.relief.inputs import NumberRange
from inquiry_router.relief.lines import Lines, read_salespeople
from inquiry_router.relief.mailbox_order import MailboxOrder, read_domains
from inquiry_router.relief.mailbox_store import find_unfinished
from inquiry_router.relief.share import read_share

door = Door("Relief")

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_COUNTS_BYTES: Final = 16 * 1024 * 1024
# Counted in less time than a process takes to start.
SHORT_BYTES: Final = 256 * 1024
_UPLOAD_S: Final = 300.0
_NICE: Final = 10
_CSV: Final = ("text/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream")
_LOG: Final = (
    "calldate;caller;dst;disposition;billsec;duration\r\n"
    "2026-03-02 09:14:05;+48601000101;204;ANSWERED;185;197\r\n"
    "2026-03-02 09:31:40;+48601000102;204;NO ANSWER;0;25\r\n"
    "2026-03-02 10:02:11;204;+48601000102;ANSWERED;64;75\r\n"
)
_MBOX: Final = (
    "From anna@hydro-bud.example Mon Mar  2 09:00:00 2026\n"
    "From: Anna <anna@hydro-bud.example>\n"
    "Date: Mon, 02 Mar 2026 09:00:00 +0100\n"
    "Subject: Reklamacja\n\nPompa cieknie.\n"
)
_COUNTS: Final = {
    "kind": "calls",
    "name": "Master.csv",
    "sha256": "0" * 64,
    "begins_on": "2026-03-01",
    "ends_on": "2026-03-31",
    "known": {"rows": 1200, "phone_tag": {"loops": 9, "unmet": 2}},
    "cells": [{"month": "2026-03", "calls": 120, "talk_s": 21600, "loops": 9, "unmet": 2}],
}
Language = Annotated[str, Query(pattern="^(pl|en|de)$", description="Of the sentences.")]
BaselineId = Annotated[
    str,
    PathParameter(
        min_length=1,
        max_length=64,
        description="The id of the baseline; `latest` is the newest.",
        openapi_examples={"latest": {"value": "latest"}},
    ),
]


@door.operation(
    "POST",
    "/baselines",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=BaselineOut,
    responses={202: {"model": MailboxReadingOut, "description": "A mailbox: it is being read."}},
    problems=(409,),
    summary="Read last year from a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "object"}, "example": _COUNTS},
                "text/csv": {"schema": {"type": "string"}, "example": _LOG},
                "application/mbox": {"schema": {"type": "string"}, "example": _MBOX},
                "application/zip": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def add_baseline(
    request: Request,
    salespeople: Annotated[
        str | None,
        Query(
            max_length=4_000,
            description="Of a call log: `Jan Nowak=601 234 567, 204; Ewa Lis=205`.",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        Query(
            max_length=4000,
            description='Fields by heading where they are not found out: `{"Kto": "from"}`.',
        ),
    ] = None,
    name: Annotated[
        str | None, Query(min_length=1, max_length=255, description="A name for the file.")
    ] = None,
    person: Annotated[
        str | None,
        Query(min_length=1, max_length=128, description="Of a mailbox: the salesperson."),
    ] = None,
    own_domains: Annotated[
        str | None,
        Query(
            max_length=1_000,
            description="Of a mailbox: the company's mail domains, `pompex.example, pompex.pl`.",
        ),
    ] = None,
    service_share: Annotated[
        str | None, Query(max_length=60, description="Low, likely, high: `0.4,0.55,0.7`.")
    ] = None,
    encoding: Annotated[
        str | None, Query(max_length=40, description="If neither UTF-8 nor windows-1250.")
    ] = None,
    timezone: Annotated[str, Query(max_length=64, description="Of the times.")] = WARSAW,
    language: Language = "en",
) -> Response:
    """Read a call log (Asterisk, 3CX, Ringostat, a mobile bill) or a diary, 64 MB at most.

    It answers hours and money as ranges, and what can and cannot be known from the file. With any
    problem nothing is stored. The same file again replaces its baseline. A mailbox (mbox, zip of
    eml; 2 GB at most) is answered with 202 and read in the background, behind the inquiries: `GET`
    its id for the progress. The command `inquiry-router baseline` reads files of any size beside
    the service, and sends its counts here as JSON.
    """
    allow_long_work(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    share = _read(lambda: read_share(service_share)) if service_share else None
    if kind in mailboxes.KINDS:
        order = _order(name or "mailbox", person, own_domains, timezone, share)
        return await mailboxes.take_mailbox(request, order)
    if kind == "application/json":
        counts, share = await _sent_counts(request)
    elif kind in _CSV:
        options = _options(salespeople, columns, name or "call log", encoding, timezone)
        counts = await _count(request, options)
    else:
        raise UnsupportedMediaType(
            f"The Content-Type is '{kind[:60]}'.",
            hint="Send text/csv for a call log or a diary, application/mbox or application/zip for "
            "a mailbox, or application/json from the command.",
        )
    return await _keep(request, counts, share, language)


@door.operation(
    "GET",
    "/baselines",
    scope=Scope.READ,
    response_model=BaselineList,
    summary="List the readings of last year",
)
async def list_baselines(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200, description="The most to list.")] = 50,
) -> Response:
    """List baselines, the newest first, with mailboxes that are being read or could not be."""
    rows = await house(request).database.scan(
        partial(store.list_baselines, limit=limit, unfinished=True)
    )
    items = [
        {
            "id": row.id,
            "kind": row.kind,
            "state": row.state,
            "name": row.name,
            "begins_on": row.begins_on.isoformat() if row.begins_on else None,
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
            "at": format_time(row.at),
            "actor": row.actor,
        }
        for row in rows
    ]
    return answer({"items": items})


@door.operation(
    "GET",
    "/baselines/{baseline_id}",
    scope=Scope.READ,
    response_model=BaselineOut | MailboxReadingOut,
    problems=(404,),
    summary="See what the old habit cost",
)
async def read_baseline(
    request: Request, baseline_id: BaselineId, language: Language = "en"
) -> Response:
    """Show hours and money by month, salesperson, account and category, as ranges.

    Salespeople are shown to managers, after the monitoring was announced. Of a mailbox that is
    being read it shows the progress, and of one that could not be read the problem.
    """
    database = house(request).database
    reading = await database.read(partial(find_unfinished, reading_id=baseline_id))
    if reading is not None:
        return answer(mailboxes.reading_json(reading))
    found = await database.scan(partial(store.read_baseline, named=baseline_id))
    return answer(
        {
            **baseline_json(found, language, by_person=_sees_people(request)),
            "announced": _is_announced(request),
        }
    )


@door.operation(
    "DELETE",
    "/baselines/{baseline_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404,),
    summary="Remove a reading of last year",
)
async def remove_baseline(request: Request, baseline_id: BaselineId) -> Response:
    """Remove a baseline with its counts, or a mailbox that is being read."""
    rooms = house(request)
    await rooms.database.write(partial(store.remove_baseline, named=baseline_id))
    if is_id(baseline_id):
        rooms.mailbox_reader.folder.remove(baseline_id)
    return Response(status_code=204)


def is_manager(actor: Actor) -> bool:
    """True if an actor may see figures about each salesperson."""
    return not {Role.ADMIN, Role.MANAGER}.isdisjoint(actor.roles)


def _is_announced(request: Request) -> bool:
    return house(request).configuration.current.documents[MONITORING].announced


def _sees_people(request: Request) -> bool:
    return _is_announced(request) and is_manager(key_of(request))


def _read(work: Any) -> Any:
    try:
        return work()
    except ValueError as error:
        raise Invalid(f"{error}.") from None


def _order(
    name: str,
    person: str | None,
    own_domains: str | None,
    timezone: str,
    share: NumberRange | None,
) -> MailboxOrder:
    _require_zone(timezone)
    domains = _read(lambda: read_domains(own_domains or ""))
    return MailboxOrder(name, person or Path(name).stem[:128], domains, timezone, share)


def _require_zone(timezone: str) -> None:
    if timezone not in available_timezones():
        raise Invalid(f"There is no time zone '{timezone}'.", hint="Such as Europe/Warsaw.")


def _options(
    salespeople: str | None, columns: str | None, name: str, encoding: str | None, timezone: str
) -> FileOptions:
    _require_zone(timezone)
    people = _read(lambda: read_salespeople(filter(str.strip, (salespeople or "").split(";"))))
    return FileOptions(
        Lines(people), read_columns(columns, '{"Kto": "from"}'), encoding, timezone, name=name
    )


async def _sent_counts(request: Request) -> tuple[BaselineCounts, NumberRange | None]:
    body = await limited_body(request, MAX_COUNTS_BYTES, _UPLOAD_S)
    try:
        given = BaselineIn.model_validate(read_json(body))
    except ValidationError as error:
        raise invalid([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None
    return given.counts, given.share


async def _count(request: Request, options: FileOptions) -> BaselineCounts:
    """Count an upload; a long one in a process of its own, which leaves the service its time."""
    rooms = house(request)
    inputs = rooms.configuration.current.documents[RELIEF]
    accounts = await find_accounts(rooms.database, "calls")
    options = FileOptions(
        options.lines,
        options.columns,
        options.encoding,
        options.zone,
        inputs.met_after_seconds,
        inputs.loop_hours,
        accounts,
        by_person=True,
        name=options.name,
    )
    async with _uploaded(request) as path:
        if path.stat().st_size <= SHORT_BYTES:
            return await asyncio.to_thread(count_file, path, options)
        with ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=os.nice, initargs=(_NICE,)
        ) as pool:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, count_file, path, options)


@asynccontextmanager
async def _uploaded(request: Request) -> AsyncIterator[Path]:
    """Keep an upload in a file for a while."""
    try:
        content = await limited_body(request, MAX_FILE_BYTES, _UPLOAD_S)
    except BodyTooLarge:
        raise BodyTooLarge(
            hint="64 MB are read here: use the command inquiry-router baseline FILE, which reads "
            "files of any size."
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload.csv"
        await asyncio.to_thread(path.write_bytes, content)
        yield path


async def _keep(
    request: Request, counts: BaselineCounts, share: NumberRange | None, language: str
) -> Response:
    rooms = house(request)
    documents = rooms.configuration.current.documents
    announced = _is_announced(request)
    made = await keep_baseline(
        rooms.database,
        counts if announced else counts.without_people(),
        documents[RELIEF],
        documents.version(RELIEF),
        key_of(request).id,
        utc_now(),
        share,
    )
    shown = baseline_json(made, language, by_person=announced)
    return answer({**shown, "announced": announced}, 201, location=f"/v1/baselines/{made.id}")
