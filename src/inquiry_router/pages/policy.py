"""The pages of the policy: rules as a table, a text to try, and what a version changed."""

from typing import Any, Final

from fastapi import Request, Response
from sqlalchemy import Row

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import house
from inquiry_router.api.web.speaking import in_language, say_all
from inquiry_router.configuration import store
from inquiry_router.configuration.documents import POLICY
from inquiry_router.configuration.naming import names_in
from inquiry_router.inquiry.errors import NotClassified, NotFound
from inquiry_router.inquiry.model import Channel, Contact, Draft
from inquiry_router.inquiry.rendering import answer_json
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.policy_view import compare, rows_of, write_policy
from inquiry_router.pages.routing import PageDoor, form_of
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.differing import diff_policies
from inquiry_router.routing.policy import Policy

door = PageDoor()

PATH: Final = "/policy"
_VERSIONS: Final = 20
_MAX_TEXT_CHARS: Final = 20_000


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


@door.page("GET", f"{PATH}/changes/{{version}}", scope=Scope.READ)
async def show_changes(request: Request, version: str) -> Response:
    """Show what a version changed, compared with the one before it or with `with`."""
    row = await find_version(request, version)
    other = request.query_params.get("with")
    before = (
        await find_version(request, other) if other else await _one_before(request, row.version)
    )
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


async def _versions(request: Request, limit: int, before: int | None = None) -> list[Row[Any]]:
    found = await house(request).database.read(
        lambda c: store.list_versions(c, POLICY.name, before, limit)
    )
    return list(found)


async def find_version(request: Request, written: str) -> Row[Any]:
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
