"""The page of the draft of the policy: the one draft that the API has, as text to edit.

Whatever is done with the text saves it first, so nothing is lost and everybody sees the same. A
form knows the draft and the policy that it was begun on: whoever is overtaken gets a sentence.
"""

from typing import Any, Final, NamedTuple

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.api.web.speaking import say_all
from inquiry_router.configuration.documents import POLICY
from inquiry_router.configuration.naming import names_in
from inquiry_router.inquiry.errors import Conflict, NotFound, PreconditionFailed
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.policy import PATH, find_version
from inquiry_router.pages.policy_view import (
    UnreadablePolicy,
    read_policy,
    rows_of,
    write_policy,
)
from inquiry_router.pages.routing import PageDoor, form_of, go_to
from inquiry_router.policies.model import PolicyDraft
from inquiry_router.policies.preview import ChangedDecision, preview_policy
from inquiry_router.policies.service import Broken
from inquiry_router.process.clock import utc_now

door = PageDoor()

DRAFT_PATH: Final = f"{PATH}/draft"
# The newest inquiries that a draft is tried on: those of a week in most companies.
_LOOKED_AT: Final = 500


class DraftText(NamedTuple):
    """The text in a form, and the versions of the draft and of the policy that it was begun on.

    `version` is 0 where there was no draft.
    """

    text: str
    version: int
    based_on: int
    note: str = ""


@door.page("GET", DRAFT_PATH, scope=Scope.ADMIN)
async def show_draft(request: Request) -> Response:
    """Show the draft, else the policy in force; or an earlier version to go back to."""
    rooms = house(request)
    documents = rooms.configuration.current.documents
    present, stored = documents.version(POLICY), await _find_draft(request)
    asked = request.query_params.get("from")
    if asked is not None:
        body = (await find_version(request, asked)).body
        version = stored.version if stored is not None else 0
        return _show(request, DraftText(write_policy(body), version, present), stored, from_=asked)
    if stored is None:
        return _show(request, DraftText(write_policy(documents[POLICY]), 0, present), None)
    problems = await rooms.policies.find_problems(stored.policy)
    wrong = "overtaken" if stored.based_on != present else None
    return _show(request, _text_of(stored, present), stored, problems=problems, wrong=wrong)


@door.page("POST", f"{DRAFT_PATH}/saving", scope=Scope.ADMIN)
async def save_draft(request: Request) -> Response:
    """Store the draft, whatever problems it has still."""
    saved = await save_sent_draft(request)
    return saved if isinstance(saved, Response) else go_to(request, DRAFT_PATH, "draft_saved")


@door.page("POST", f"{DRAFT_PATH}/dropping", scope=Scope.ADMIN)
async def drop_draft(request: Request) -> Response:
    """Throw the draft away; the policy in force stays. Not one that somebody else wrote since."""
    sent, stored = _sent_text(request), await _find_draft(request)
    if stored is not None and stored.version != sent.version:
        shown = sent._replace(text=sent.text or write_policy(stored.policy))
        return _refuse_overtaken(request, shown, stored)
    await house(request).policies.drop_draft(utc_now())
    return go_to(request, PATH, "draft_dropped")


@door.page("POST", f"{DRAFT_PATH}/trial", scope=Scope.ADMIN)
async def try_draft(request: Request) -> Response:
    """Show the inquiries of the last days that the draft would decide differently."""
    rooms = house(request)
    draft = await save_sent_draft(request)
    if isinstance(draft, Response):
        return draft
    if (refused := await refuse_problems(request, draft)) is not None:
        return refused
    present, tried = rooms.configuration.current, draft.policy
    moves = await rooms.database.scan(lambda c: preview_policy(c, present, tried, _LOOKED_AT))
    names = names_for(request)
    shown = {
        "looked_at": len(moves),
        "moved": [_in_words(request, move) for move in moves if move is not None],
        "rules": rows_of(tried, names.language, names_in(present)),
        "default": tried.default,
    }
    return _show(request, _text_of(draft, draft.based_on), draft, tried=shown)


@door.page("POST", DRAFT_PATH, scope=Scope.ADMIN)
async def publish_draft(request: Request) -> Response:
    """Put the draft in force. The next inquiry is decided with it."""
    policies = house(request).policies
    draft = await save_sent_draft(request)
    if isinstance(draft, Response):
        return draft
    if (refused := await refuse_problems(request, draft)) is not None:
        return refused
    if broken := await policies.find_broken(draft.policy, utc_now()):
        problems = [_say_broken(request, one) for one in broken]
        return _show(request, _text_of(draft, draft.based_on), draft, 422, problems=problems)
    try:
        version = await policies.publish(draft.note, key_of(request).id, utc_now())
    except (Conflict, NotFound, PreconditionFailed):
        return _refuse_overtaken(request, _sent_text(request), await _find_draft(request))
    return go_to(request, f"{PATH}/changes/{version}", "published")


async def save_sent_draft(request: Request) -> PolicyDraft | Response:
    """Store the draft in a form; or show the form again, with what is wrong.

    That is a text that is no policy, and a draft or a policy that somebody else wrote meanwhile.
    """
    rooms, sent = house(request), _sent_text(request)
    stored = await _find_draft(request)
    try:
        policy = read_policy(sent.text)
    except UnreadablePolicy as error:
        return _show(request, sent, stored, 422, problems=error.sentences)
    if sent.based_on != rooms.configuration.current.documents.version(POLICY):
        return _refuse_overtaken(request, sent, stored)
    try:
        return await rooms.policies.save_draft(
            policy, sent.note or None, sent.version, key_of(request).id, utc_now()
        )
    except PreconditionFailed:
        return _refuse_overtaken(request, sent, await _find_draft(request))


async def refuse_problems(request: Request, draft: PolicyDraft) -> Response | None:
    """Show what keeps a stored draft from being in force, if anything does."""
    problems = await house(request).policies.find_problems(draft.policy)
    if not problems:
        return None
    return _show(request, _text_of(draft, draft.based_on), draft, 422, problems=problems)


async def _find_draft(request: Request) -> PolicyDraft | None:
    try:
        return await house(request).policies.read_draft()
    except NotFound:
        return None


def _text_of(draft: PolicyDraft, present: int) -> DraftText:
    return DraftText(write_policy(draft.policy), draft.version, present, draft.note or "")


def _sent_text(request: Request) -> DraftText:
    form = form_of(request)

    def number(name: str) -> int:
        written = form.line(name, 9)
        return int(written) if written.isascii() and written.isdigit() else 0

    return DraftText(
        form.raw("policy"), number("version"), number("based_on"), form.line("note", 500)
    )


def _refuse_overtaken(request: Request, sent: DraftText, stored: PolicyDraft | None) -> Response:
    """Show the text that was sent, with a sentence on what others did; the next try replaces it."""
    present = house(request).configuration.current.documents.version(POLICY)
    version = stored.version if stored is not None else 0
    other = stored if version != sent.version else None
    wrong = "draft_overtaken" if other is not None else "overtaken"
    shown = sent._replace(version=version, based_on=present)
    return _show(request, shown, stored, 412, wrong=wrong, other=other)


def _show(
    request: Request,
    shown: DraftText,
    stored: PolicyDraft | None,
    status: int = 200,
    *,
    problems: list[str] | None = None,
    tried: dict[str, Any] | None = None,
    from_: str | None = None,
    wrong: str | None = None,
    other: PolicyDraft | None = None,
) -> Response:
    return render(
        request,
        "policy_draft.html",
        status,
        shown=shown,
        stored=stored,
        problems=problems or [],
        tried=tried,
        went_back_to=from_,
        wrong=wrong,
        present=house(request).configuration.current.documents.version(POLICY),
        other=write_policy(other.policy) if other is not None else None,
    )


def _say_broken(request: Request, broken: Broken) -> str:
    why = say_all(request, broken.why, names_for(request).language)
    return f"{broken.sentence.id}: {'; '.join(why)}"


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
