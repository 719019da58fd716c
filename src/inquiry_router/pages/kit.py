"""The frame of all pages: templates, texts, menu, headers. A page is one call of `render`.

A page `things.html` has its texts in `texts/things.yaml`. Pages load nothing from elsewhere and
work without scripts.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import house, path_here
from inquiry_router.inquiry.errors import NotFound, RouterError
from inquiry_router.pages.charts import share_bar
from inquiry_router.pages.names import ReaderNames
from inquiry_router.pages.navigation import menu_of
from inquiry_router.pages.session import (
    FORM_FIELD,
    LANGUAGE_COOKIE,
    form_token,
    keep_form_secret,
    keep_language,
)
from inquiry_router.pages.texts import LANGUAGES, Texts, choose_language, texts_of
from inquiry_router.process.clock import utc_now

door = APIRouter(include_in_schema=False)

_FOLDER: Final = Path(__file__).parent
_STATIC: Final = {"pages.css": "text/css", "pages.js": "text/javascript"}
_LANGUAGE_NAMES: Final = {"pl": "polski", "en": "English", "de": "Deutsch"}
_CSP: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_A_YEAR: Final = "public, max-age=31536000, immutable"


def render(request: Request, template: str, status: int = 200, /, **context: Any) -> HTMLResponse:
    """Render a page for its reader.

    Besides `context` a template knows: `t` (its texts), `names`, `url` (a path of this service),
    `may` (true if the reader has a scope), `form_field` (for each form), `actor` and `said`.
    """
    language = language_of(request)
    texts = texts_of(Path(template).stem, language)
    page = environment().get_template(template).render({**_surroundings(request, texts), **context})
    headers = {"content-security-policy": _CSP}
    response = HTMLResponse(page, status, headers)
    keep_form_secret(request, response)
    if request.query_params.get("lang") == language:
        keep_language(request, response, language)
    return response


def render_error(request: Request, error: RouterError) -> HTMLResponse:
    """Render an error for a person: what happened, and what to do."""
    response = render(request, "error.html", error.status, error=error)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def render_again(request: Request) -> HTMLResponse:
    """Render a page that asks for the same address again, now from a page of ours."""
    return render(request, "again.html", address=_here(request))


def names_for(request: Request) -> ReaderNames:
    """Return the names of things in the language of the reader."""
    return ReaderNames(language_of(request), house(request).configuration.current, utc_now())


def language_of(request: Request) -> str:
    """Return the language of the reader."""
    return choose_language(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language", ""),
    )


@cache
def environment() -> Environment:
    """The templates: everything is escaped, and a name that is missing is a mistake."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["share_bar"] = share_bar
    return made


def _surroundings(request: Request, texts: Texts) -> dict[str, Any]:
    actor: Actor | None = request.scope.get("actor")
    said = request.query_params.get("said", "")

    def url(path: str, **query: object) -> str:
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        return path_here(request, path) + (f"?{urlencode(asked)}" if asked else "")

    def may(scope: str) -> bool:
        return actor is not None and Scope(scope) in actor.scopes

    return {
        "t": texts,
        "language": texts.language,
        "languages": [
            {"id": one, "name": _LANGUAGE_NAMES[one], "address": _here(request, lang=one)}
            for one in LANGUAGES
        ],
        "names": names_for(request),
        "url": url,
        "may": may,
        "actor": actor,
        "menu": menu_of(actor) if actor is not None else (),
        "path": request.url.path.removeprefix(request.scope["root_path"]),
        "look": {name: url(f"/look/{name}", v=_read_static(name)[1]) for name in _STATIC},
        "form_field": _FormField(request),
        "said": texts.named("said", said) if f"said_{said}" in texts else None,
    }


class _FormField:
    """The hidden field of a form. The browser gets its random value only if a page has a form."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __html__(self) -> str:
        field = Markup('<input type="hidden" name="{}" value="{}">')
        return str(field.format(FORM_FIELD, form_token(self._request)))


def _here(request: Request, **changed: str) -> str:
    """The address of this page, with some parameters changed."""
    query = {name: value for name, value in request.query_params.items() if name != "said"}
    query |= changed
    return f"?{urlencode(query)}" if query else request.url.path


@cache
def _read_static(name: str) -> tuple[bytes, str]:
    content = (_FOLDER / "static" / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]


@door.get("/look/{name}")
async def send_look(name: str) -> Response:
    """Send the style sheet or the script of all pages."""
    if name not in _STATIC:
        raise NotFound
    return Response(
        _read_static(name)[0], media_type=_STATIC[name], headers={"cache-control": _A_YEAR}
    )
