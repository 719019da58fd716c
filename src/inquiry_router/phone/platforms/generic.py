"""Any other platform: flat JSON in and out, or `text/plain` out."""

from urllib.parse import quote

from inquiry_router.phone.model import Abilities, Heard, Move
from inquiry_router.phone.platforms.flat import flat_answer, flat_texts
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    dial_status_of,
    digits_of,
    json_document,
    language_of,
    seconds_of,
    text_of,
)


class Generic:
    """A platform that can call a URL with JSON of its own making."""

    kind = "generic"
    title = "Any platform (flat JSON)"
    abilities = Abilities(queues=True)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the fields of `POST /v1/phone/decide`."""
        fields = request.fields
        return Heard(
            call_id=text_of(fields.get("call_id")) or "",
            caller=text_of(fields.get("from")),
            called=text_of(fields.get("to")),
            step=text_of(fields.get("step")),
            digits=digits_of(fields.get("digits")),
            speech=text_of(fields.get("speech")),
            speech_confidence=confidence_of(fields.get("speech_confidence")),
            language=language_of(fields.get("language")),
            dial_status=dial_status_of(fields.get("dial_status")),
            dial_seconds=seconds_of(fields.get("dial_seconds")),
            recording_url=text_of(fields.get("recording_url")),
            recording_seconds=seconds_of(fields.get("recording_seconds")),
            ended=fields.get("ended") in (True, "true", "1"),
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write flat JSON."""
        return json_document(flat_answer(move))


def plain_answer(move: Move) -> PhoneDocument:
    """Write `key=value&...` with percent-encoded values, for Asterisk's `HASH()`.

    A space is encoded as %20.
    """
    line = "&".join(
        f"{name}={quote(value, safe='', errors='replace')}"
        for name, value in flat_texts(move).items()
    )
    return PhoneDocument("text/plain; charset=utf-8", line.encode("ascii"))
