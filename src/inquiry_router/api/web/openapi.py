"""The OpenAPI document beyond its routes: introduction, security, shared problems, webhooks."""

import asyncio
import copy
import threading
from collections.abc import Iterator
from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, request_response

from inquiry_router.api.schemas.inquiry_story import InquiryWhole
from inquiry_router.api.web.problems import PROBLEM_TYPE, Problem, documented

Json = dict[str, Any]

_DESCRIPTION = """One front door for everything a company's customers ask: each inquiry is
understood, routed to customer service or sales, explained, kept and handed over.

**Begin here.** Press *Authorize* and paste a key (`make run` prints where it is). Then *Try an
inquiry out*: nothing is stored. Every example works as it stands (learning needs 20 corrections
first; merging, splitting and linking need names of inquiries and messages of yours).

Each operation names a scope in `x-required-scope`. Keys have roles, and a role is a set of scopes;
`GET /v1/me` shows yours. A key that is bound to teams sees only their inquiries. Unknown fields and
parameters are refused.

Times are RFC 3339 in UTC. Errors are `application/problem+json` with a stable `code` and a `hint`;
`GET /v1/errors` lists them.
"""

TAGS = [
    (
        "Start here",
        "Paste an inquiry and see what would happen to it, with the reasons. Nothing is stored.",
    ),
    (
        "Inquiries",
        "Take inquiries in, find them, see the reasons, correct and resolve them.",
    ),
    (
        "Accounts",
        "The companies that are customers: import them, find them, merge them, see whose they are.",
    ),
    (
        "Referrals",
        "Who recommended whom: enter and confirm them, say what became of them, reward them.",
    ),
    (
        "Policy",
        "The ordered rules: which team, how urgent, and what is promised.",
    ),
    ("Teams", "The desks that get inquiries, and their working hours."),
    (
        "Staff",
        "Our agents and salespeople: their teams, hours, absences and substitutes.",
    ),
    (
        "Promises",
        "By when we answer and resolve, the deadlines of laws, and who is alarmed.",
    ),
    (
        "Sources",
        "The helpdesks, mailboxes and websites that send inquiries, and the set-up steps.",
    ),
    (
        "Phone",
        "Calls: the next step for the phone platform, the numbers to ring, and callbacks.",
    ),
    (
        "Telling people",
        "Who of your people is told what, by which channel and when; and what customers are told.",
    ),
    (
        "Destinations",
        "Systems that are told about decisions: your helpdesk, or any signed webhook.",
    ),
    (
        "Deliveries",
        "What was delivered, what waits, and what failed and can be sent again.",
    ),
    (
        "Relief",
        "The price of the old habit in hours and money, and what is saved since, as ranges.",
    ),
    ("Quality", "How good the decisions have been, as far as people have looked."),
    ("Models", "Versions learnt from corrections, their figures, and the way back."),
    (
        "Categories",
        "The six that always exist, the finer intents inside them, and those of your own.",
    ),
    (
        "Configuration",
        "All of it as one file: export it, try another one, put it in force here or elsewhere.",
    ),
    (
        "Personal data",
        "Export or erase a person everywhere, and say how long data are kept.",
    ),
    ("API keys", "Keys for your clients, with the least rights."),
    ("Audit", "Who did what: acts with before and after, in a chain that shows tampering."),
    ("System", "What is left to do, what is wrong now, health, figures, the list of errors."),
]

_EVENTS = {
    "inquiry.routed": (
        (
            "An inquiry was taken in and routed. It comes again if the classifier answered late "
            "and nobody had touched the inquiry"
        ),
        {},
    ),
    "inquiry.corrected": (
        "A person corrected a decision",
        {
            "correction": {
                "type": "object",
                "description": "who, category, intent, team and why, as it was said.",
            }
        },
    ),
    "inquiry.resolved": (
        "An inquiry was resolved",
        {"resolution": {"type": "object", "description": "who and note, as it was said."}},
    ),
    "inquiry.reopened": (
        "A resolved inquiry was reopened by a person or a helpdesk",
        {"reopening": {"type": "object", "description": "who and note, as it was said."}},
    ),
    "inquiry.message": (
        "The customer said more about an inquiry",
        {
            "message": {
                "type": "object",
                "description": "id, received_at, channel, subject, text, contact and source of "
                "the later message; copy is true for a mail that came before by another way.",
            },
            "change": {
                "type": "object",
                "description": "Its effect: kind (kept, raised, decided, reopened or split), "
                "reasons in words, and priority_before where it was raised. After raised, decided "
                "and reopened the decision in `data` is a new one. keeps_group is true if people "
                "have moved the ticket to a group of no team.",
            },
        },
    ),
    "inquiry.linked": (
        "An inquiry has to do with another one",
        {
            "link": {
                "type": "object",
                "description": "inquiry, reference and team of the other one, kind (perhaps, "
                "split, continues or by_hand) and why. Both inquiries are told; came_from is true "
                "for the one that came later.",
            }
        },
    ),
    "inquiry.merged": (
        "An inquiry was made part of another one",
        {
            "merge": {
                "type": "object",
                "description": "from and into, the references of both, and who did it. Both "
                "inquiries are told.",
            }
        },
    ),
    "inquiry.assigned": (
        "A person has an inquiry now: they took it, or got what another one passed on",
        {
            "assignment": {
                "type": "object",
                "description": "who it was, why (accepted, queue, declined, timed_out, away), and "
                "to, who has it now where that is another one.",
            }
        },
    ),
    "inquiry.unlinked": (
        "A person removed the link between two inquiries",
        {
            "link": {
                "type": "object",
                "description": "inquiry, reference and team of the other one, and who did it. "
                "Both inquiries are told.",
            }
        },
    ),
    "inquiry.unmerged": (
        "A merge was undone: the inquiry is one of its own again",
        {
            "merge": {
                "type": "object",
                "description": "from and into, the references of both, and who did it. Both "
                "inquiries are told.",
            }
        },
    ),
    "inquiry.call": (
        "Somebody rang about an inquiry, or is to be rung back",
        {
            "call": {
                "type": "object",
                "description": "kind (called, callback, voicemail, reached, reminded, rung_back) "
                "and details, such as due_at, attempt and escalated.",
            }
        },
    ),
}


_WEBHOOK_DESCRIPTION = (
    "Sent to every destination that wants it: at once, then after 5 s, 5 min, 30 min, 2, 5, 10, "
    "14, 20 and 24 h until a 2xx comes back; 410 switches the destination off. Answer within 15 s."
)

_WEBHOOK_HEADERS = {
    "webhook-id": "The id of the delivery. It is the same on every attempt, so that you can notice "
    "a repetition.",
    "webhook-timestamp": "Seconds since 1970 of this attempt.",
    "webhook-signature": "v1 and the base64 HMAC-SHA256 of id, timestamp and body, as Standard "
    "Webhooks defines it; several while a secret is changed.",
}


def describe(app: FastAPI) -> None:
    """Make the app answer `/openapi.json` with the whole document.

    It is made and written once, in a thread: seconds of work for which no caller waits.
    """
    making = threading.Lock()

    def document() -> Json:
        with making:
            if app.openapi_schema is None:
                app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI documents this way
    (route,) = (one for one in app.routes if isinstance(one, Route) and one.path == app.openapi_url)
    written: dict[str, bytes] = {}

    async def show(request: Request) -> Response:
        prefix = request.scope.get("root_path", "")
        if prefix not in written:
            written[prefix] = await asyncio.to_thread(lambda: _write(document(), prefix))
        return Response(written[prefix], media_type="application/json")

    route.app = request_response(show)


def _write(document: Json, prefix: str) -> bytes:
    """Write the document as JSON for an app below a path."""
    servers = [{"url": prefix}] if prefix else []
    return bytes(JSONResponse({**document, "servers": [*servers, *document["servers"]]}).body)


def render_yaml(document: Json) -> str:
    """Render the document as YAML, always in the same form."""
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


def _document(app: FastAPI) -> Json:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary="Understands customer inquiries and puts them on the right desk.",
        description=_DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": description} for name, description in TAGS],
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": "/", "description": "This service"}],
    )
    _add_components(document)
    _mend_operations(document)
    _share_problems(document)
    document["webhooks"] = {
        event: _webhook(event, summary, more) for event, (summary, more) in _EVENTS.items()
    }
    return document


def _add_components(document: Json) -> None:
    components = document["components"]
    components["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "Paste an API key: `irk_<id>_<secret>`, without *Bearer*. The first one "
            "is in the file `var/admin.key`, or where `INQUIRY_ROUTER_ADMIN_KEY_FILE` says. "
            "`inquiry-router keys create` makes another one. This page keeps it until you close "
            "its tab, and forgets it with *Logout*.",
        }
    }
    for model in (Problem, InquiryWhole):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        components["schemas"].update(schema.pop("$defs", {}))
        components["schemas"][model.__name__] = schema


def _mend_operations(document: Json) -> None:
    """Replace FastAPI's own form of a 422 by a problem, and sort responses by status."""
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    for operation in _operations(document):
        if "HTTPValidationError" in str(operation["responses"].get("422")):
            operation["responses"]["422"] = documented(422)[422]
        operation["responses"] = dict(sorted(operation["responses"].items()))


def _share_problems(document: Json) -> None:
    """Move each problem to `components/responses`, under its code, and refer to it."""
    shared: Json = {}
    for operation in _operations(document):
        for status, response in operation["responses"].items():
            problem = response.get("content", {}).get(PROBLEM_TYPE)
            if problem is not None:
                code = problem["example"]["code"]
                shared[code] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/{code}"}
    document["components"]["responses"] = dict(sorted(shared.items()))


def _operations(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        yield from methods.values()


def _webhook(event: str, summary: str, more: Json) -> Json:
    return {
        "post": {
            "summary": summary,
            "description": _WEBHOOK_DESCRIPTION,
            "operationId": event.replace(".", "_"),
            "parameters": [
                _header(name, description) for name, description in _WEBHOOK_HEADERS.items()
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _event_schema(event, more)}},
            },
            "responses": {"2XX": {"description": "Taken; any 2xx will do."}},
        }
    }


def _header(name: str, description: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def _event_schema(event: str, more: Json) -> Json:
    data: Json = {"$ref": "#/components/schemas/InquiryWhole"}
    if more:
        data = {"allOf": [data, {"type": "object", "properties": copy.deepcopy(more)}]}
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": event, "description": "What happened."},
            "timestamp": {"type": "string", "format": "date-time", "description": "When, UTC."},
            "data": data,
        },
    }
