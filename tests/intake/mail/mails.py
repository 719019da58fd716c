"""A mail of a customer, and a short form of the cuts that parsing makes."""

from inquiry_router.intake.mail.model import ParsedMail

ASKED = "Dzień dobry,\nproszę o fakturę korygującą do zamówienia 12/2025."
QUOTED = "> Dzień dobry,\n> towar wysłaliśmy wczoraj."


def kinds(mail: ParsedMail) -> list[str]:
    """Return the kinds of the pieces that were cut."""
    return [cut.kind for cut in mail.cut]
