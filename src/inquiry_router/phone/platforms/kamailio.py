"""Kamailio: our JSON in, the routes of its rtjson module out (src/modules/rtjson/doc).

Kamailio forwards calls and neither speaks nor listens, so a call is decided once, and its targets
are tried one after another.
"""

import re
from typing import Any, Final

from inquiry_router.phone.model import Abilities, Heard, Move, Target
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    digits_of,
    json_document,
    language_of,
    text_of,
)

_DOMAIN: Final = re.compile(r"@([A-Za-z0-9.-]{1,200}(?::\d{1,5})?)(?=[;>?\s]|\Z)")
# The time until the first reply of a proxy, in milliseconds.
_FIRST_REPLY_MS: Final = 5000


class Kamailio:
    """Kamailio with http_client and rtjson."""

    kind = "kamailio"
    title = "Kamailio (rtjson)"
    abilities = Abilities(asks=False, texts=False)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the fields that our configuration posts for an INVITE."""
        fields = request.fields
        return Heard(
            call_id=text_of(fields.get("callid")) or "",
            caller=text_of(fields.get("from")),
            called=text_of(fields.get("ruri")),
            step=text_of(fields.get("step")),
            digits=digits_of(fields.get("digits")),
            language=language_of(fields.get("language")),
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write serial routes; none if nobody can be dialled."""
        domain = _DOMAIN.search(heard.called or "")
        routes: list[dict[str, Any]] = [
            {
                "uri": _uri(target, domain[1] if domain else None),
                "headers": {"extra": f"X-Router-Team: {move.team or ''}\r\n"},
                "fr_timer": _FIRST_REPLY_MS,
                "fr_inv_timer": move.timeout_s * 1000,
            }
            for target in move.targets
        ]
        return json_document({"version": "1.0", "routing": "serial", "routes": routes})


def _uri(target: Target, domain: str | None) -> str:
    """A number is dialled at the called domain, the proxy's own."""
    if target.sip is not None:
        return target.sip
    return (
        f"sip:{target.number}@{domain};user=phone" if domain is not None else f"tel:{target.number}"
    )
