"""Errors as RFC 9457 problems, each with a stable code, a hint and the request id."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from inquiry_router.inquiry.errors import (
    CATALOGUE,
    BadJson,
    BodyTooLarge,
    Internal,
    Invalid,
    MethodNotAllowed,
    NotFound,
    ReadUnavailable,
    RouterError,
)
from inquiry_router.text.wrong_values import UNKNOWN_FIELD, describe_error

log = structlog.get_logger()


class FieldError(BaseModel):
    """One wrong field."""

    field: str = Field(
        description="Where it is, from the body's or the query's root.", examples=["contact.email"]
    )
    message: str = Field(
        description="What the field wants.", examples=["must be text, in quotation marks"]
    )


class Problem(BaseModel):
    """An error, and what to do about it (RFC 9457)."""

    type: str = Field(description="Where the code is explained.", examples=["/v1/errors#invalid"])
    title: str = Field(
        description="The kind of problem; the same for every occurrence.",
        examples=["Some fields are wrong"],
    )
    status: int = Field(description="The HTTP status.", examples=[422])
    code: str = Field(description="Stable; programs may rely on it.", examples=["invalid"])
    detail: str = Field(description="This occurrence.", examples=["1 field is wrong: text"])
    hint: str = Field(
        description="What to do.",
        examples=["Each entry of 'errors' names a field and what it wants."],
    )
    request_id: str = Field(
        description="Find it in the log by this.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"]
    )
    errors: list[FieldError] | None = Field(
        None, description="The wrong fields, where there are any."
    )
    required_scope: str | None = Field(
        None,
        description="A scope that would be enough, where the key lacks one.",
        examples=["admin"],
    )


# The most that one answer reports of a body with thousands of wrong fields.
MAX_FIELDS: Final = 50
MAX_NAMES: Final = 5
MAX_MESSAGE: Final = 500
PROBLEM_TYPE = "application/problem+json"


def documented(*statuses: int, reads: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for these statuses, each with an example of its first code.

    `reads` is True for operations that change nothing.
    """
    catalogue: tuple[type[RouterError], ...] = (ReadUnavailable, *CATALOGUE) if reads else CATALOGUE
    first = {error.status: error for error in reversed(catalogue)}
    return {status: _documented(first[status]) for status in statuses}


def _documented(error: type[RouterError]) -> dict[str, Any]:
    return {
        "description": error.title,
        "content": {
            PROBLEM_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": _content(error(), "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"),
            }
        },
    }


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem."""
    app.add_exception_handler(RouterError, _on_router_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_mistake)


def invalid(errors: Sequence[Mapping[str, Any]], *parents: str, hint: str | None = None) -> Invalid:
    """Convert Pydantic's errors to ours: field and message, never the value that was sent.

    `parents` is the path to what was validated. Only the first errors are reported, for a small
    body can have thousands.
    """
    fields = [_field_error(error, parents) for error in errors[:MAX_FIELDS]]
    count = "1 field is" if len(errors) == 1 else f"{len(errors)} fields are"
    names = listed(sorted({entry["field"] for entry in fields}), beyond=len(errors) - len(fields))
    return Invalid(f"{count} wrong: {names}", hint=hint, errors=fields)


def listed(entries: Sequence[str], *, beyond: int = 0, separator: str = ", ") -> str:
    """Write the first entries and the number of the others, to which `beyond` is added."""
    more = len(entries) - MAX_NAMES + beyond if len(entries) > MAX_NAMES else beyond
    return separator.join(entries[:MAX_NAMES]) + (f" and {more} more" if more else "")


def _field_error(error: Mapping[str, Any], parents: tuple[str, ...]) -> dict[str, str]:
    message = describe_error(error)[:MAX_MESSAGE]
    return {"field": _where((*parents, *error["loc"])), "message": message}


def _name_known_fields(errors: Sequence[Mapping[str, Any]], body: Any) -> list[Mapping[str, Any]]:
    """Let errors about unknown fields name the fields that there are. `body` is the body's type."""

    def named(error: Mapping[str, Any]) -> Mapping[str, Any]:
        place = error["loc"]
        if error["type"] == "missing" and place == ("body",):
            return {"loc": place, "msg": "is missing: send JSON, {} at least"}
        known = _fields_at(body, place[1:-1]) if place[0] == "body" else []
        if error["type"] != UNKNOWN_FIELD or not known:
            return error
        return {"loc": place, "msg": f"is unknown here; known are: {', '.join(known)}"}

    return [*map(named, errors[:MAX_FIELDS]), *errors[MAX_FIELDS:]]


def _fields_at(kind: Any, path: Sequence[int | str]) -> list[str]:
    """List the fields of the models at a place below a type."""
    models = _models_in(kind)
    for step in path:
        if isinstance(step, str):
            below = [model.model_fields.get(step) for model in models]
            models = [one for field in below if field for one in _models_in(field.annotation)]
    return list(dict.fromkeys(name for model in models for name in model.model_fields))


def _models_in(kind: Any) -> list[type[BaseModel]]:
    """List the models that a type, a choice of types or a list of one is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for part in get_args(kind) for model in _models_in(part)]


def respond(error: RouterError, request_id: str) -> Response:
    """Turn an error into an HTTP answer."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "allow" in error.extra:
        headers["Allow"] = str(error.extra["allow"])
    body = json.dumps(_content(error, request_id), ensure_ascii=False)
    return Response(body.encode("utf-8", "replace"), error.status, headers, PROBLEM_TYPE)


def _content(error: RouterError, request_id: str) -> dict[str, Any]:
    content = {
        "type": f"/v1/errors#{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "hint": error.advice,
        "request_id": request_id,
    }
    return content | {
        name: value for name, value in error.extra.items() if name in ("errors", "required_scope")
    }


def _where(location: tuple[int | str, ...]) -> str:
    begin = 1 if location and location[0] in ("body", "query", "path", "header") else 0
    parts = [str(part) for part in location[begin:]]
    return ".".join(parts)[:200] or "body"


def _request_id(request: Request) -> str:
    return str(request.scope.get("request_id", "none"))


async def _on_router_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RouterError)
    return respond(error, _request_id(request))


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    field = getattr(request.scope.get("route"), "body_field", None)
    body = field.field_info.annotation if field is not None else None
    return respond(invalid(_name_known_fields(error.errors(), body)), _request_id(request))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    by_status = {404: NotFound, 413: BodyTooLarge, 400: BadJson}
    if error.status_code == 405:
        return respond(MethodNotAllowed(allow=_allowed(request)), _request_id(request))
    kind = by_status.get(error.status_code, RouterError)
    return respond(kind(), _request_id(request))


async def _on_mistake(request: Request, error: Exception) -> Response:
    log.error("request.failed", error=type(error).__name__, exc_info=error)
    return respond(Internal(), _request_id(request))


def _allowed(request: Request) -> str:
    """List every method of the path; Starlette names only those of its first route."""
    path = getattr(request.scope.get("route"), "path", "")
    routes = (one for one in iter_route_contexts(request.app.routes) if one.path == path)
    return ", ".join(sorted({method for one in routes for method in one.methods or ()}))
