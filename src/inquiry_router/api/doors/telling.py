"""The door of telling people: settings, a preview, what each person prefers, what was told."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.telling import (
    CustomerPreviewIn,
    CustomerPreviewOut,
    NoticePage,
    NoticePreviewIn,
    NoticePreviewOut,
    PreferenceIn,
    PreferenceOut,
)
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, document_answer, put_document
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of
from inquiry_router.configuration.destination_names import channel_kinds
from inquiry_router.configuration.documents import TELLING
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiries.store import find_as_it_is, find_inquiry, read_receipt
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.acknowledgement import sentences_for
from inquiry_router.telling import store, texts
from inquiry_router.telling.acknowledging import (
    is_acknowledged,
    sentence_facts,
    write_acknowledgement,
)
from inquiry_router.telling.customers import words_of
from inquiry_router.telling.facts import fill, read_facts
from inquiry_router.telling.model import Preference
from inquiry_router.telling.names import find_unknown_receivers
from inquiry_router.telling.settings import TellingSettings

door = Door("Telling people")

MemberId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        description="The id of one of our people.",
        openapi_examples={"jan": {"value": "jan"}},
    ),
]


@door.operation(
    "GET",
    "/telling/settings",
    scope=Scope.READ,
    response_model=TellingSettings,
    responses=WITH_ETAG,
    summary="See how people are told",
)
async def read_telling_settings(request: Request) -> Response:
    """Show channels, groups, quiet hours and digests."""
    return document_answer(house(request).configuration.current.documents, TELLING)


@door.operation(
    "PUT",
    "/telling/settings",
    scope=Scope.ADMIN,
    response_model=TellingSettings,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change how people are told",
)
async def replace_telling_settings(
    request: Request, settings: TellingSettings, if_match: IfMatchOrAny = None
) -> Response:
    """Replace all of it; the next notice uses it.

    Channels, people and teams that it names must be there first.
    """
    rooms = house(request)
    kinds = channel_kinds(rooms.configuration.current)
    _refuse(find_unknown_receivers(settings, kinds, rooms.office().colleagues.by_id))
    version = await put_document(request, TELLING, settings, if_match, refuse=_refuse)
    return answer(settings.model_dump(mode="json"), ETag=etag(version))


@door.operation(
    "POST",
    "/telling/preview",
    scope=Scope.READ,
    response_model=NoticePreviewOut,
    problems=(404,),
    summary="See a notice as its receiver would read it",
)
async def preview_notice(request: Request, entry: NoticePreviewIn) -> Response:
    """Write a notice without sending it, with the facts given and those of an inquiry."""
    rooms = house(request)

    def work(connection: Any) -> dict[str, Any]:
        if entry.inquiry is None:
            return {}
        return read_facts(connection, find_as_it_is(connection, entry.inquiry).id)

    facts = fill(entry.facts, await rooms.database.read(work))
    written = texts.write(entry.kind, facts, entry.language, rooms.wordbook())
    return answer({"kinds": list(texts.kinds()), "subject": written.subject, "text": written.text})


@door.operation(
    "POST",
    "/telling/acknowledgement/preview",
    scope=Scope.READ,
    response_model=CustomerPreviewOut,
    problems=(404,),
    summary="See an acknowledgement as the customer would read it",
)
async def preview_acknowledgement(request: Request, entry: CustomerPreviewIn) -> Response:
    """Write the acknowledgement of an inquiry without sending it, with a text of yours or ours."""
    rooms = house(request)
    configuration = rooms.configuration.current
    settings, office, words = (
        configuration.telling.acknowledgement,
        rooms.office(),
        rooms.wordbook(),
    )

    def work(connection: Connection) -> dict[str, Any]:
        row = find_inquiry(connection, entry.inquiry)
        draft, receipt = read_draft(row), read_receipt(connection, row)
        language = entry.language or receipt.classification.language
        if entry.language is not None:
            draft = replace(draft, language=entry.language)
        sentences = sentences_for(
            draft,
            language,
            receipt.reference,
            receipt.decision,
            configuration.rulebook,
            receipt.entities,
        )
        facts = sentence_facts(receipt, draft, sentences)
        facts |= {"spoken": language}
        texts_to_try = [entry.text] if entry.text is not None else settings.texts
        said = write_acknowledgement(
            texts_to_try,
            facts,
            row.category,
            words_of(row, draft, sentences.language, office, words),
        )
        return {
            "subject": said.written.subject,
            "text": said.written.text,
            "sender_name": said.sender_name,
            "told": is_acknowledged(settings, receipt, draft),
        }

    return answer(await rooms.database.read(work))


@door.operation(
    "GET",
    "/telling/notices",
    scope=Scope.READ,
    response_model=NoticePage,
    summary="See who was told what",
)
async def list_notices(
    request: Request,
    state: Annotated[
        str | None, Query(max_length=16, description="Only those in this state, such as `nobody`.")
    ] = None,
    kind: Annotated[str | None, Query(max_length=64, description="Only this kind.")] = None,
    inquiry_id: Annotated[
        str | None, Query(max_length=64, description="Only those about this inquiry.")
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Entries a page.")] = 50,
) -> Response:
    """List notices, the newest first, with their ways to people."""
    found = await house(request).database.read(
        lambda connection: store.list_notices(
            connection, state=state, kind=kind, inquiry_id=inquiry_id, before=cursor, limit=limit
        )
    )
    following = found[-1]["id"] if len(found) == limit else None
    return answer({"items": found, "next_cursor": following})


@door.operation(
    "GET",
    "/telling/preferences/{member_id}",
    scope=Scope.WORK,
    response_model=PreferenceOut,
    summary="See how one person is told",
)
async def read_preference(request: Request, member_id: MemberId) -> Response:
    """Show what this person chose; null is as the company set it."""
    _require_own(request, member_id)
    found = await house(request).database.read(store.read_preferences)
    return answer(_preference(member_id, found.get(member_id, Preference())))


@door.operation(
    "PUT",
    "/telling/preferences/{member_id}",
    scope=Scope.WORK,
    response_model=PreferenceOut,
    problems=(404,),
    summary="Change how one person is told",
)
async def replace_preference(
    request: Request, member_id: MemberId, entry: PreferenceIn
) -> Response:
    """Store the channels, the language and the quiet hours of one person.

    A key that is bound to a person may do so for them.
    """
    _require_own(request, member_id)
    rooms = house(request)
    if member_id not in rooms.office().colleagues.by_id:
        raise NotFound(f"There is nobody '{member_id}'.", hint="GET /v1/staff lists our people.")
    known = channel_kinds(rooms.configuration.current)
    unknown = [one for one in entry.channels or () if one not in known]
    if unknown:
        raise Invalid(
            f"There is no channel '{unknown[0]}'; the channels are {', '.join(known) or 'none'}.",
            hint="POST /v1/destinations adds one of the kind smtp, sms, teams, slack or webhook.",
        )
    if (entry.quiet_from is None) != (entry.quiet_to is None):
        raise Invalid("quiet_from and quiet_to: send both, or neither.")
    preference = Preference(
        tuple(entry.channels) if entry.channels is not None else None,
        entry.language,
        entry.quiet_from,
        entry.quiet_to,
        entry.digest,
    )
    await rooms.database.write(
        lambda connection: store.set_preference(connection, member_id, preference, utc_now())
    )
    return answer(_preference(member_id, preference))


def _refuse(problems: list[str]) -> None:
    if problems:
        errors = [
            {"field": field, "message": message}
            for field, _, message in (one.partition(": ") for one in problems)
        ]
        raise Invalid("; ".join(problems), errors=errors)


def _require_own(request: Request, member_id: str) -> None:
    """Raise `Forbidden` unless it is their own, or they may change everybody's."""
    actor = key_of(request)
    own = house(request).office().colleagues.find(None, actor.owner)
    if own is None or own.id != member_id:
        actor.require(Scope.STAFF)


def _preference(member_id: str, preference: Preference) -> dict[str, Any]:
    return {
        "member_id": member_id,
        "channels": list(preference.channels) if preference.channels is not None else None,
        "language": preference.language,
        "quiet_from": preference.quiet_from,
        "quiet_to": preference.quiet_to,
        "digest": preference.digest,
    }
