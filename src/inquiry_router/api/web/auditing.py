"""Record what an operation does: every act of an admin, a manager or an agent."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import Response

from inquiry_router.access.roles import Scope
from inquiry_router.audit.acts import ActUnderWay, doing

if TYPE_CHECKING:
    from inquiry_router.house import House

# In these an operation says that looking is an act too: at the figures of one person.
AUDITED_FIELD: Final = "x-audited"
# Machines send and ask; nobody acts.
_OF_MACHINES: Final = frozenset({Scope.INTAKE, Scope.PHONE, Scope.TRY, Scope.SELF})


def is_act(method: str, scope: Scope) -> bool:
    """True if an operation is an act of a person: it changes something."""
    return method != "GET" and scope not in _OF_MACHINES


def make_act(
    request: Request, actor: str, operation: str, now: datetime, *, changes_settings: bool
) -> ActUnderWay:
    """Return the act that a request carries out."""
    return ActUnderWay(
        at=now,
        actor=actor,
        operation=operation,
        address=request.client.host if request.client else "",
        request_id=str(request.scope.get("request_id", "")),
        names=dict(request.path_params),
        changes_settings=changes_settings,
    )


async def carry_out(
    house: "House", act: ActUnderWay, handler: Callable[[], Awaitable[Response]]
) -> Response:
    """Run the handler of an act. Its answer is sent after the act is recorded.

    Raises `Unavailable` if a recording outside the act's own transaction fails.
    """
    with doing(act):
        response = await handler()
    if response.status_code < 400:
        await house.audit.finish(act)
    return response
