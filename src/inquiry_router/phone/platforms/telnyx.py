"""Telnyx: form in, TeXML out."""

from inquiry_router.phone.model import Abilities, DialReport, Heard, Move
from inquiry_router.phone.platforms.platform import PhoneDocument, PhoneRequest
from inquiry_router.phone.platforms.twiml import read_twiml, twiml


class Telnyx:
    """Telnyx with a TeXML application. TeXML has no verb for text messages."""

    kind = "telnyx"
    title = "Telnyx (TeXML)"
    abilities = Abilities(texts=False, dial_report=DialReport.APART)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the form of a voice request or of an action."""
        return read_twiml(request)

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write TeXML."""
        return twiml(move, heard, address, twilio=False)
