"""The page for people whose address leads nowhere; programs get a problem as ever."""

from collections.abc import Awaitable, Callable
from typing import cast

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from inquiry_router.inquiry.errors import NotFound
from inquiry_router.pages.kit import render_error

Handler = Callable[[Request, Exception], Awaitable[Response]]


def show_page_to_lost_readers(app: FastAPI) -> None:
    """Answer browsers at an unknown address with a page."""
    otherwise = cast("Handler", app.exception_handlers[HTTPException])

    async def handle(request: Request, error: Exception) -> Response:
        if getattr(error, "status_code", 0) == 404 and _is_a_reader(request):
            return render_error(request, NotFound())
        return await otherwise(request, error)

    app.add_exception_handler(HTTPException, handle)


def _is_a_reader(request: Request) -> bool:
    wants_page = "text/html" in request.headers.get("accept", "")
    return wants_page and request.method == "GET" and not request.url.path.startswith("/v1/")
