"""Amazon Connect: the event of an "Invoke AWS Lambda function" block in, a map of texts out.

The response type of the block is `STRING_MAP`.
"""

from inquiry_router.phone.model import Abilities, DialReport, Heard, Move
from inquiry_router.phone.platforms.flat import flat_texts
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    dial_status_of,
    digits_of,
    json_document,
    language_of,
    mapping_of,
    seconds_of,
    text_of,
)


class AmazonConnect:
    """Amazon Connect, with a small Lambda function that passes the event on."""

    kind = "amazon_connect"
    title = "Amazon Connect (Lambda)"
    abilities = Abilities(queues=True, dial_report=DialReport.UNKNOWN)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the contact of Connect, and the parameters that the flow's block sends."""
        details = mapping_of(mapping_of(request.body).get("Details"))
        contact = mapping_of(details.get("ContactData"))
        sent = mapping_of(details.get("Parameters"))
        language = (
            sent.get("language")
            or mapping_of(contact.get("Attributes")).get("lang")
            or contact.get("LanguageCode")
        )
        return Heard(
            call_id=text_of(contact.get("ContactId")) or "",
            caller=text_of(mapping_of(contact.get("CustomerEndpoint")).get("Address")),
            called=text_of(mapping_of(contact.get("SystemEndpoint")).get("Address")),
            step=text_of(sent.get("step")),
            digits=digits_of(sent.get("digits")),
            speech=text_of(sent.get("transcript")),
            speech_confidence=confidence_of(sent.get("confidence")),
            language=language_of(language),
            dial_status=dial_status_of(sent.get("dial_status")),
            dial_seconds=seconds_of(sent.get("dial_seconds")),
            recording_url=text_of(sent.get("recording_url")),
            recording_seconds=seconds_of(sent.get("recording_seconds")),
            ended=text_of(sent.get("ended")) == "true",
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write a map of texts, read in the flow as `$.External.name`."""
        texts = flat_texts(move)
        return json_document({**texts, "queue_arn": texts.pop("queue")})
