"""Asterisk with `CURL()`: form in, `key=value` out for `HASH()`.

Source: funcs/func_curl.c, `hashcompat=yes`.
"""

from inquiry_router.phone.model import Abilities, DialReport, Heard, Move
from inquiry_router.phone.platforms.generic import plain_answer
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    dial_status_of,
    digits_of,
    language_of,
    seconds_of,
    text_of,
)


class Asterisk:
    """Asterisk, with the dialplan of our documentation."""

    kind = "asterisk"
    title = "Asterisk (CURL in the dialplan)"
    abilities = Abilities(texts=False, queues=True, dial_report=DialReport.UNKNOWN)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the fields that our dialplan posts."""
        fields = request.fields
        return Heard(
            call_id=text_of(fields.get("uniqueid")) or "",
            caller=text_of(fields.get("callerid")),
            called=text_of(fields.get("exten")),
            step=text_of(fields.get("step")),
            digits=digits_of(fields.get("digits")),
            speech=text_of(fields.get("text")),
            speech_confidence=confidence_of(fields.get("confidence")),
            language=language_of(fields.get("lang")),
            dial_status=dial_status_of(fields.get("dialstatus")),
            dial_seconds=seconds_of(fields.get("answered")),
            recording_url=text_of(fields.get("recording")),
            recording_seconds=seconds_of(fields.get("seconds")),
            ended=text_of(fields.get("hangup")) == "1",
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write one line of `key=value&...`."""
        return plain_answer(move)
