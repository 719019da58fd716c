"""Twilio Voice: form in, TwiML out."""

from inquiry_router.phone.model import Abilities, Heard, Move
from inquiry_router.phone.platforms.platform import PhoneDocument, PhoneRequest
from inquiry_router.phone.platforms.twiml import read_twiml, twiml


class Twilio:
    """Twilio Programmable Voice."""

    kind = "twilio"
    title = "Twilio Voice (TwiML)"
    abilities = Abilities()

    def read(self, request: PhoneRequest) -> Heard:
        """Read the form of a voice request or of an action."""
        return read_twiml(request)

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write TwiML."""
        return twiml(move, heard, address, twilio=True)
