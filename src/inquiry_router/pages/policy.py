"""The pages of the policy: rules as a table, try them, change them, compare versions, go back."""

import asyncio
from typing import Any, Final

from fastapi import Request, Response
from sqlalchemy import Row

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.api.web.speaking import in_language, say_all
from inquiry_router.configuration import store
from inquiry_router.configuration.documents import POLICY
from inquiry_router.configuration.naming import names_in
from inquiry_router.inquiry.errors import NotClassified, NotFound, PreconditionFailed
from inquiry_router.inquiry.model import Channel, Contact, Draft
from inquiry_router.inquiry.rendering import answer_json
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.policy_view import (
    UnreadablePolicy,
    compare,
    read_policy,
    rows_of,
    write_policy,
)
from inquiry_router.pages.routing import PageDoor, SentForm, form_of, go_to
from inquiry_router.policies.preview import ChangedDecision, preview_policy
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.differing import diff_policies
from inquiry_router.routing.policy import Policy

door = PageDoor()

PATH: Final = "/policy"
_VERSIONS: Final = 20
_MAX_TEXT_CHARS: Final = 20_000
# The newest inquiries that a draft is tried on: those of a week in most companies.
_LOOKED_AT: Final = 500


@door.page("GET", PATH, scope=Scope.READ)
async def show_policy(request: Request) -> Response:
    """Show the rules in force, a form to try a text, and the versions."""
    return await _show(request)


@door.page("POST", f"{PATH}/trial", scope=Scope.READ)
async def try_text(request: Request) -> Response:
    """Show what would happen to a text; nothing is stored."""
    form = form_of(request)
    channel = next((one for one in Channel if one.value == form.line("channel")), Channel.EMAIL)
    text = form.raw("text")[:_MAX_TEXT_CHARS].strip()
    tried: dict[str, Any] = {"text": text, "email": form.line("email", 254), "answer": None}
    if not text:
        return await _show(request, 422, tried={**tried, "wrong": "no_text"})
    draft = Draft(channel, text, contact=Contact(email=tried["email"] or None))
    try:
        receipt = await house(request).journey.preview(draft, utc_now())
    except NotClassified:
        return await _show(request, 503, tried={**tried, "wrong": "not_classified"})
    names = names_for(request)
    said = in_language(answer_json(receipt), names.language, names_in(names.configuration))
    return await _show(request, tried={**tried, "answer": said, "wrong": None})


async def _show(
    request: Request, status: int = 200, tried: dict[str, Any] | None = None
) -> Response:
    names = names_for(request)
    configuration = names.configuration
    policy = configuration.policy_in_force
    versions = await _versions(request, _VERSIONS)
    return render(
        request,
        "policy.html",
        status,
        rules=rows_of(policy, names.language, names_in(configuration)),
        default=policy.default,
        version=configuration.documents.version(POLICY),
        versions=versions,
        tried=tried,
    )


@door.page("GET", f"{PATH}/draft", scope=Scope.ADMIN)
async def show_draft(request: Request) -> Response:
    """Show the policy as text to edit: the one in force, or an earlier version to go back to."""
    documents = house(request).configuration.current.documents
    asked = request.query_params.get("from")
    body: Any = documents[POLICY] if asked is None else (await _version(request, asked)).body
    return _show_draft(request, write_policy(body), documents.version(POLICY), from_=asked)


@door.page("POST", f"{PATH}/draft/trial", scope=Scope.ADMIN)
async def try_draft(request: Request) -> Response:
    """Show the inquiries of the last days that a draft would decide differently."""
    form, rooms = form_of(request), house(request)
    present = rooms.configuration.current
    policy, problems = await read_draft(request, form)
    if policy is None or problems:
        return refuse_draft(request, form, problems)
    tried = policy
    moves = await rooms.database.scan(lambda c: preview_policy(c, present, tried, _LOOKED_AT))
    names = names_for(request)
    moved = [_in_words(request, move) for move in moves if move is not None]
    return _show_draft(
        request,
        form.raw("policy"),
        _expected(form),
        note=form.line("note", 500),
        tried={
            "looked_at": len(moves),
            "moved": moved,
            "rules": rows_of(tried, names.language, names_in(present)),
            "default": tried.default,
        },
    )


@door.page("POST", f"{PATH}/draft", scope=Scope.ADMIN)
async def publish_draft(request: Request) -> Response:
    """Put a draft in force. The next inquiry is decided with it."""
    form, rooms = form_of(request), house(request)
    policy, problems = await read_draft(request, form)
    if policy is None or problems:
        return refuse_draft(request, form, problems)
    if broken := await rooms.policies.find_broken(policy, utc_now()):
        language = names_for(request).language
        said = [
            f"{one.sentence.id}: {'; '.join(say_all(request, one.why, language))}" for one in broken
        ]
        return refuse_draft(request, form, said)
    actor, note = key_of(request).id, form.line("note", 500) or None
    try:
        version = await rooms.configuration.replace_document(
            POLICY, policy, _expected(form), actor, note, utc_now()
        )
    except PreconditionFailed:
        return _show_draft(
            request, form.raw("policy"), _expected(form), 412, note=note or "", wrong="overtaken"
        )
    return go_to(request, f"{PATH}/changes/{version}", "published")


@door.page("GET", f"{PATH}/changes/{{version}}", scope=Scope.READ)
async def show_changes(request: Request, version: str) -> Response:
    """Show what a version changed, compared with the one before it or with `with`."""
    row = await _version(request, version)
    other = request.query_params.get("with")
    before = await _version(request, other) if other else await _one_before(request, row.version)
    lines = compare(write_policy(before.body) if before is not None else "", write_policy(row.body))
    documents = house(request).configuration.current.documents
    return render(
        request,
        "policy_changes.html",
        row=row,
        before=before.version if before is not None else None,
        lines=lines,
        differences=_differences(request, before, row),
        in_force=documents.version(POLICY),
    )


def _differences(request: Request, before: Row[Any] | None, after: Row[Any]) -> list[str]:
    """Say in words what a version changed."""
    if before is None:
        return []
    old, new = (Policy.model_validate(row.body) for row in (before, after))
    return say_all(request, diff_policies(old, new), names_for(request).language)


async def read_draft(request: Request, form: SentForm) -> tuple[Policy | None, list[str]]:
    """Read the draft in a form. Returns a sentence for each problem with it, too."""
    try:
        policy = read_policy(form.raw("policy"))
    except UnreadablePolicy as error:
        return None, error.sentences
    documents = house(request).configuration.current.documents
    return policy, await asyncio.to_thread(documents.problems_with, POLICY, policy)


def refuse_draft(request: Request, form: SentForm, problems: list[str]) -> Response:
    """Show the form again, with a sentence for each problem."""
    note = form.line("note", 500)
    return _show_draft(
        request, form.raw("policy"), _expected(form), 422, note=note, problems=problems
    )


def _show_draft(
    request: Request,
    text: str,
    version: int,
    status: int = 200,
    *,
    note: str = "",
    problems: list[str] | None = None,
    tried: dict[str, Any] | None = None,
    from_: str | None = None,
    wrong: str | None = None,
) -> Response:
    return render(
        request,
        "policy_draft.html",
        status,
        text=text,
        version=version,
        note=note,
        problems=problems or [],
        tried=tried,
        went_back_to=from_,
        wrong=wrong,
    )


def _expected(form: SentForm) -> int:
    """The version that the draft is based on; 0 is none, so publishing is refused."""
    written = form.line("version", 9)
    return int(written) if written.isascii() and written.isdigit() else 0


def _in_words(request: Request, move: ChangedDecision) -> dict[str, Any]:
    names = names_for(request)
    return {
        "reference": move.reference,
        "said": move.said,
        "before": move.before,
        "after": move.after,
        "from": names.team(move.before.team),
        "to": names.team(move.after.team),
    }


async def _versions(request: Request, limit: int, before: int | None = None) -> list[Row[Any]]:
    found = await house(request).database.read(
        lambda c: store.list_versions(c, POLICY.name, before, limit)
    )
    return list(found)


async def _version(request: Request, written: str) -> Row[Any]:
    """Find a version. Raises `NotFound`."""
    if not (written.isascii() and written.isdigit()) or len(written) > 9:
        raise NotFound
    found = await _versions(request, 1, int(written) + 1)
    if not found or found[0].version != int(written):
        raise NotFound
    return found[0]


async def _one_before(request: Request, version: int) -> Row[Any] | None:
    found = await _versions(request, 1, version)
    return found[0] if found else None
