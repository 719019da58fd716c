"""The page behind a sign-in link: it hands a person's key over to their browser, once.

Looking at the page changes nothing, so mail scanners that follow links do no harm.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from inquiry_router.api.web.access import COOKIE, refuse_flood
from inquiry_router.api.web.auditing import carry_out, make_act
from inquiry_router.api.web.routing import house
from inquiry_router.configuration.api_key_store import change_api_key
from inquiry_router.configuration.api_keys import (
    ApiKey,
    find_key_of_link,
    format_key,
    new_secret,
)
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.pages.layout import choose_language, render_note, render_page
from inquiry_router.process.clock import utc_now

door = APIRouter(include_in_schema=False)

# Browsers keep no cookie for longer.
_LONGEST: Final = timedelta(days=400)
_TEXTS: Final[dict[str, dict[str, str]]] = {
    "pl": {
        "title": "Logowanie do systemu",
        "hello": "Ten link jest dla: {name}. Działa tylko raz i wylogowuje na innych urządzeniach.",
        "send": "Zaloguj w tej przeglądarce",
        "done": "Zalogowano: {name}.",
        "wrong": "Ten link nie działa: jest niepełny, został już użyty albo wygasł. "
        "O nowy można poprosić administratora.",
    },
    "en": {
        "title": "Sign in to the router",
        "hello": "This link is for {name}. It works only once, and signs out other devices.",
        "send": "Sign in with this browser",
        "done": "Signed in as {name}.",
        "wrong": "This link does not work: it is incomplete, was used already, or its time is "
        "over. Ask an admin for another one.",
    },
    "de": {
        "title": "Anmeldung am System",
        "hello": "Dieser Link ist für: {name}. Er gilt nur einmal und meldet andere Geräte ab.",
        "send": "In diesem Browser anmelden",
        "done": "Angemeldet als {name}.",
        "wrong": "Dieser Link geht nicht: Er ist unvollständig, schon benutzt oder abgelaufen. "
        "Bitten Sie einen Administrator um einen neuen.",
    },
}


@door.get("/in/{token}")
async def ask_to_sign_in(request: Request, token: str) -> Response:
    """Show whose link it is, and a button."""
    language = _language_of(request)
    key = _find(request, token, utc_now())
    if key is None:
        return _refuse(request, language)
    texts = _TEXTS[language]
    return _page(
        language,
        f"<p>{escape(texts['hello'].format(name=key.name))}</p>"
        f"<form method='post' action='?lang={language}'>"
        f"<button type='submit'>{texts['send']}</button></form>",
    )


@door.post("/in/{token}")
async def sign_in(request: Request, token: str) -> Response:
    """Give the key a new secret, and the browser a cookie with it."""
    language, now = _language_of(request), utc_now()
    key = _find(request, token, now)
    if key is None:
        return _refuse(request, language)
    act = make_act(request, key.id, "sign_in", now, changes_settings=True)
    act = replace(act, names={"key_id": key.id})

    async def hand_over() -> Response:
        return await _hand_over(request, language, key, token, now)

    try:
        return await carry_out(house(request), act, hand_over)
    except Conflict:  # somebody else was faster
        return _refuse(request, language)


async def _hand_over(
    request: Request, language: str, key: ApiKey, token: str, now: datetime
) -> Response:
    secret = new_secret()

    def use_up(present: ApiKey) -> ApiKey:
        if find_key_of_link({present.id: present}, token, now) is None:
            raise Conflict
        turned = present.rotated(secret, now, timedelta(0))
        return replace(turned, link_sha256=None, link_until=None)

    def work(connection: Connection) -> ApiKey:
        return change_api_key(connection, key.id, use_up, now)

    await house(request).configuration.change(work)
    response = _page(language, render_note(_TEXTS[language]["done"].format(name=key.name)))
    last = min(key.expires_at or datetime.max.replace(tzinfo=now.tzinfo), now + _LONGEST)
    response.set_cookie(
        COOKIE,
        format_key(key.id, secret),
        max_age=int((last - now).total_seconds()),
        path=request.scope.get("root_path") or "/",
        secure=(house(request).settings.public_url or "").startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return response


def _find(request: Request, token: str, now: datetime) -> ApiKey | None:
    return find_key_of_link(house(request).configuration.current.api_keys, token, now)


def _refuse(request: Request, language: str) -> Response:
    refuse_flood(request, house(request).wrong_keys)
    return _page(language, render_note(_TEXTS[language]["wrong"]), 404)


def _language_of(request: Request) -> str:
    accepted = request.headers.get("accept-language", "")
    return choose_language(request.query_params.get("lang"), accepted)


def _page(language: str, content: str, status: int = 200) -> Response:
    return render_page(language, _TEXTS[language]["title"], content, status)
