"""Plain sentences in every language, each with the usual word for its matter.

Authors who were asked for variety leave these out. Without them the model took "Die Maschine ist
defekt, bitte schicken Sie einen Techniker" for a request for a catalogue.
"""

from pathlib import Path
from typing import Final

from inquiry_router.classification.corpus import Example
from inquiry_router.inquiry.intents import INTENT_BY_ID
from inquiry_router.inquiry.model import Channel

AUTHOR: Final = "plain"
_FILE: Final = Path(__file__).parent / "plain.tsv"


def read_plain() -> list[Example]:
    """Read all plain sentences. They are used for training and never for evaluation."""
    examples = []
    for number, line in enumerate(_FILE.read_text(encoding="utf-8").splitlines(), start=1):
        lang, intent, text = line.split("\t")
        channel = Channel.FORM if number % 2 else Channel.CHAT
        label = INTENT_BY_ID[intent].category
        id_ = f"{AUTHOR}-{number:04d}"
        examples.append(
            Example(id_, AUTHOR, lang, channel, None, text, label, intent, None, hard=False)
        )
    return examples
