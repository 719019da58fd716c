"""Answers that need neither database nor model, and what is added to an answer once there is a reference. Pure."""

from dataclasses import replace

from inquiry_router.phone.dictation import spelled
from inquiry_router.phone.model import Action, Move, Spoken
from inquiry_router.phone.prompts import filled
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.routing.policy import Teams


def fallback_move(called: str | None, settings: PhoneSettings, teams: Teams) -> Move:
    """What can always be answered: customer service is rung, or a message is taken where no number of it is known."""
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
    """The same move, telling the caller the reference of his inquiry before anything else."""
    text = filled(settings.prompt("reference", move.language), {"reference": spelled(reference)})
    return replace(move, reference=reference, say=(Spoken(text, move.language), *move.say))
