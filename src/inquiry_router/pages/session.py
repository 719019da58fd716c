"""The session of a person in a browser: the cookie with their key, and the token of each form.

The token proves that a form was sent from a page of ours: it is made of a random cookie of the
browser and the person's key, and no other site knows either.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request, Response

from inquiry_router.api.web.access import COOKIE
from inquiry_router.api.web.routing import house
from inquiry_router.configuration.api_keys import ApiKey

# Browsers keep no cookie for longer.
_LONGEST: Final = timedelta(days=400)
FORM_COOKIE: Final = "inquiry_router_form"
LANGUAGE_COOKIE: Final = "inquiry_router_language"
FORM_FIELD: Final = "form_token"


def form_secret(request: Request) -> str:
    """Return the browser's random value; a new one if it has none, which the answer must set."""
    kept = request.cookies.get(FORM_COOKIE) or request.scope.get(FORM_COOKIE)
    if not kept:
        kept = request.scope[FORM_COOKIE] = secrets.token_urlsafe(24)
    return str(kept)


def form_token(request: Request) -> str:
    """Return the token that the forms of a page carry."""
    signed = request.cookies.get(COOKIE, "").encode("utf-8", "replace")
    return hmac.new(form_secret(request).encode(), signed, hashlib.sha256).hexdigest()[:40]


def is_form_ours(request: Request, token: str) -> bool:
    """True if a form came from a page that this browser got from us."""
    if not request.cookies.get(FORM_COOKIE):
        return False
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    return hmac.compare_digest(form_token(request), token)


def keep_form_secret(request: Request, response: Response) -> None:
    """Set the browser's random value, if it is a new one."""
    if FORM_COOKIE in request.scope:
        _set(request, response, FORM_COOKIE, request.scope[FORM_COOKIE])


def keep_language(request: Request, response: Response, language: str) -> None:
    """Remember the language that the reader has chosen."""
    _set(request, response, LANGUAGE_COOKIE, language, int(_LONGEST.total_seconds()))


def keep_key(
    request: Request, response: Response, key: ApiKey, written: str, now: datetime, *, stays: bool
) -> None:
    """Hand a key over to the browser. Unless it `stays`, it is gone when the browser is closed."""
    last = min(key.expires_at or datetime.max.replace(tzinfo=now.tzinfo), now + _LONGEST)
    seconds = int((last - now).total_seconds()) if stays else None
    _set(request, response, COOKIE, written, seconds)


def forget_key(request: Request, response: Response) -> None:
    """Take the key away from the browser, and with it the token of all open forms."""
    for name in (COOKIE, FORM_COOKIE):
        response.delete_cookie(name, path=_path(request), httponly=True, samesite="strict")


def _set(
    request: Request, response: Response, name: str, value: str, seconds: int | None = None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=_path(request),
        secure=(house(request).settings.public_url or "").startswith("https:"),
        httponly=True,
        samesite="strict",
    )


def _path(request: Request) -> str:
    return request.scope.get("root_path") or "/"
