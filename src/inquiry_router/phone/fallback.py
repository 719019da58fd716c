"""Answers without database and model, and the reference added to an answer. Pure."""

from dataclasses import replace

from inquiry_router.phone.dictation import spell
from inquiry_router.phone.model import Action, Move, Spoken
from inquiry_router.phone.prompts import fill_blanks
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.routing.teams import Teams


def fallback_move(called: str | None, settings: PhoneSettings, teams: Teams) -> Move:
    """Make the move that is always possible: dial customer service, or take a message."""
    language = settings.language_of_line(called) or settings.language
    team = teams.triage
    targets = settings.fallback_targets or settings.targets_of(team, teams)
    if targets:
        return Move(
            Action.TRANSFER,
            language,
            timeout_s=settings.ring_seconds,
            team=team.id,
            targets=targets,
        )
    say = (Spoken(settings.prompt("voicemail_without_number", language), language),)
    return Move(Action.VOICEMAIL, language, say, timeout_s=settings.message_seconds, team=team.id)


def with_reference(move: Move, reference: str, settings: PhoneSettings) -> Move:
    """Add the reference to a move, spoken before everything else."""
    text = fill_blanks(settings.prompt("reference", move.language), {"reference": spell(reference)})
    return replace(move, reference=reference, say=(Spoken(text, move.language), *move.say))
