"""Answers in the language of the reader: reasons are said in Polish, English or German."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request, Response

from inquiry_router.api.web.routing import answer, house
from inquiry_router.configuration.naming import names_in
from inquiry_router.inquiry.condition_words import NameOf
from inquiry_router.inquiry.reasons import Reason, say, say_stored

LANGUAGES: Final = ("pl", "en", "de")
_PLAIN: Final = "en"

ReadersLanguage = Annotated[
    Literal["pl", "en", "de"] | None,
    Query(
        alias="lang",
        description="The language of `reasons`: pl, en or de. Without it the first of "
        "`Accept-Language`, else en.",
        examples=["pl"],
    ),
]


def language_of(request: Request) -> str:
    """The language that the reader asked for with `lang` or Accept-Language; else English."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    accepted = request.headers.get("accept-language", "").split(",")
    wanted = (part.strip()[:2].lower() for part in accepted)
    return next((language for language in wanted if language in LANGUAGES), _PLAIN)


def tell(request: Request, data: Any, status: int = 200, **headers: str) -> Response:
    """Answer with JSON in which reasons are said in the reader's language."""
    language = language_of(request)
    said = in_language(data, language, names_in(house(request).configuration.current))
    return answer(said, status, content_language=language, vary="Accept-Language", **headers)


def say_all(request: Request, reasons: Iterable[Reason], language: str | None = None) -> list[str]:
    """Say reasons in a language; without one in that of the reader."""
    language = language or language_of(request)
    if language == _PLAIN:
        return [str(one) for one in reasons]
    name_of = names_in(house(request).configuration.current)
    return [say(one.code, one.facts, language, name_of) for one in reasons]


def in_language(data: Any, language: str, name_of: NameOf) -> Any:
    """Say all reasons in rendered JSON in a language. Stored ones are English, with their facts."""
    if isinstance(data, list):
        return [in_language(one, language, name_of) for one in data]
    if not isinstance(data, dict):
        return data
    said = {name: in_language(one, language, name_of) for name, one in data.items()}
    facts = said.pop("reason_facts", None)
    if facts is not None and language != _PLAIN:
        said["reasons"] = say_stored(data["reasons"], data["reason_facts"], language, name_of)
    return said
