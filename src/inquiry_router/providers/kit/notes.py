"""The texts that the router writes into a helpdesk: notes for agents, and the opening of a ticket.

Each begins with a mark with the inquiry's reference, by which the router recognizes its own texts.
"""

import html
import re
from collections.abc import Iterable
from typing import Final

from inquiry_router.providers.kit.helpdesk import RoutedInquiry
from inquiry_router.providers.kit.marks import mark
from inquiry_router.text.html_text import unescape

_HTML_TAG: Final = re.compile(r"<[^<>]*>")
# From these probabilities on the note calls a decision sure or likely; agents read a word faster
# than a figure.
_SURE: Final = 0.9
_LIKELY: Final = 0.7

_NOTE: Final = {
    "pl": {
        "category": "Kategoria: {category}",
        "sureness": " ({sureness})",
        "corrected": "Poprawione przez: {who}",
        "sure": "na pewno",
        "likely": "raczej tak",
        "unsure": "niepewne, proszę sprawdzić",
        "words": "Zdecydowały słowa: {words}",
        "word": "„{word}”",
        "team": "Zespół: {team}, reguła: {rule}, pilność: {priority}",
        "unmapped": "Dla tego zespołu nie wskazano grupy w ustawieniach, więc zgłoszenie zostaje tutaj.",
        "correct": "Błędna decyzja? Popraw jednym kliknięciem: {url}",
        "channel": "Kanał: {channel}",
        "contact": "Kontakt: {who}",
    },
    "en": {
        "category": "Category: {category}",
        "sureness": " ({sureness})",
        "corrected": "Corrected by: {who}",
        "sure": "sure",
        "likely": "likely",
        "unsure": "unsure, please check",
        "words": "Deciding words: {words}",
        "word": "'{word}'",
        "team": "Team: {team}, rule: {rule}, priority: {priority}",
        "unmapped": "No group is set for this team, so the ticket stays here.",
        "correct": "Wrong? Correct it with one click: {url}",
        "channel": "Channel: {channel}",
        "contact": "Contact: {who}",
    },
}
