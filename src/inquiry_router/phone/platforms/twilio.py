"""Twilio Voice: form in, TwiML out."""

from inquiry_router.phone.model import Abilities, DialReport, Heard, Move, Spoken
from inquiry_router.phone.platforms.platform import PhoneDocument, PhoneRequest
from inquiry_router.phone.platforms.twiml import read_twiml, twiml, twiml_confirmation


class Twilio:
    """Twilio Programmable Voice."""

    kind = "twilio"
    title = "Twilio Voice (TwiML)"
    abilities = Abilities(confirms=True, dial_report=DialReport.APART)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the form of a voice request or of an action."""
        return read_twiml(request)

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write TwiML."""
        return twiml(move, heard, address, twilio=True)

    def confirm(self, confirm: Spoken, request: PhoneRequest, address: str) -> PhoneDocument:
        """Write TwiML for the dialled person."""
        return twiml_confirmation(confirm, self.read(request).digits, address)
