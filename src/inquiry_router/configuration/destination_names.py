"""The names of teams and sources in a destination, held against those that exist."""

from collections.abc import Collection

from inquiry_router.configuration.model import Configuration, Destination
from inquiry_router.providers import CHANNELS, PROVIDERS, REPLYING
from inquiry_router.providers.kit.helpdesk import Helpdesk
from inquiry_router.providers.kit.helpdesk_settings import HelpdeskSettings
from inquiry_router.routing.teams import Teams
from inquiry_router.telling.settings import TellingSettings


def find_unknown_names(
    destination: Destination, teams: Teams, source_ids: Collection[str]
) -> list[str]:
    """Return a sentence for each team and source that the destination names and nobody has."""
    known = ", ".join(teams.by_id)
    problems = [
        f"teams: there is no team '{team}'; the teams are {known}"
        for team in destination.teams
        if team not in teams.by_id
    ]
    problems += [
        f"settings.groups: there is no team '{team}'; the teams are {known}"
        for team in destination.settings.get("groups", {})
        if team not in teams.by_id
    ]
    if destination.source is not None and destination.source not in source_ids:
        sources = ", ".join(sorted(source_ids)) or "none yet: add it with POST /v1/sources first"
        problems.append(
            f"settings.source: there is no source '{destination.source}'; the sources are {sources}"
        )
    return problems


def find_new_unknown_names(
    before: Destination | None,
    after: Destination,
    teams: Teams,
    source_ids: Collection[str],
) -> list[str]:
    """Like `find_unknown_names`, without those that the destination had before the change."""
    old = find_unknown_names(before, teams, source_ids) if before is not None else []
    return [one for one in find_unknown_names(after, teams, source_ids) if one not in old]


def find_left_names(
    destinations: Collection[Destination], before: Teams, after: Teams, source_ids: Collection[str]
) -> list[str]:
    """Return a sentence for each destination that names a team which a change would take away."""
    return [
        f"destination '{one.id}': {problem}"
        for one in destinations
        if not find_unknown_names(one, before, source_ids)
        for problem in find_unknown_names(one, after, source_ids)
    ]


def find_warnings(destination: Destination, teams: Teams, source_ids: Collection[str]) -> list[str]:
    """Return sentences about settings that work, but perhaps not as the admin means them."""
    warnings = find_unknown_names(destination, teams, source_ids)
    groups = destination.settings.get("groups", {})
    if not groups:
        return warnings
    settings = HelpdeskSettings(groups=groups)
    for team in teams.teams:
        if team.id in groups:
            continue
        if settings.group_of(team.id) is not None:
            warnings.append(
                f"'{team.id}' has no group: its tickets go to the group of customer service"
            )
        elif team.kind == "triage":
            warnings.append(
                f"'{team.id}' has no group: an unsure ticket stays where it is, also with sales"
            )
        else:
            warnings.append(f"'{team.id}' has no group: its tickets stay where they are")
    return warnings


def find_double_replies(destination: Destination, telling: TellingSettings) -> list[str]:
    """Return a sentence if customers of this helpdesk may be thanked twice, or never."""
    provider, said = PROVIDERS.get(destination.kind), telling.acknowledgement
    if said.by == "nobody" or destination.source is None or not isinstance(provider, Helpdesk):
        return []
    if destination.source in said.but_not_from:
        return []
    where = provider.auto_reply
    advice = f"switch off the helpdesk's own auto-reply, or customers get two ({where})"
    found = [f"the router acknowledges inquiries: {advice}"]
    if said.by == "helpdesk" and destination.kind not in REPLYING:
        found.append(
            f"acknowledgement: the router cannot write to customers in {destination.kind}; "
            "set `by` to mail"
        )
    return found


def channel_kinds(configuration: Configuration) -> dict[str, str]:
    """The kinds of all destinations that can carry messages to people, by id."""
    return {one.id: one.kind for one in configuration.destinations if one.kind in CHANNELS}
