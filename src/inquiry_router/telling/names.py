"""Channels, people, teams and categories that the settings name, held against those there are."""

from collections.abc import Collection

from inquiry_router.telling.settings import TellingSettings


def find_unknown_receivers(
    settings: TellingSettings, channels: Collection[str], members: Collection[str]
) -> list[str]:
    """Sentences about channels that no destination is, and about people who are not there.

    `members` are the ids of our people.
    """
    known = ", ".join(channels) or "none yet: add one with POST /v1/destinations"
    return [
        f"{place}: there is no channel '{one}'; the channels are {known}"
        for place, one in _channels_in(settings)
        if one not in channels
    ] + [
        f"{place}: there is no member of staff with the id '{one}'; GET /v1/staff lists the ids, "
        "and POST /v1/staff enters somebody"
        for place, one in _members_in(settings)
        if one not in members
    ]


def find_wrong_names(
    settings: TellingSettings, teams: Collection[str], categories: Collection[str]
) -> list[str]:
    """Sentences about teams and categories that nobody has."""
    introduced = settings.introductions
    named = [
        (f"groups.{group}", group.removeprefix("team:"))
        for group in settings.groups
        if group.startswith("team:")
    ]
    named += [("introductions.people", one) for one in introduced.people]
    texts = [("acknowledgement.texts", one) for one in settings.acknowledgement.texts]
    texts += [("introductions.texts", one) for one in introduced.texts]
    return [
        f"{place}: there is no team '{one}'; the teams are {', '.join(teams)}"
        for place, one in named
        if one not in teams
    ] + [
        f"{place}: there is no category '{one.category}'; it is one of {', '.join(categories)}"
        for place, one in texts
        if one.category is not None and one.category not in categories
    ]


def _channels_in(settings: TellingSettings) -> list[tuple[str, str]]:
    named = [("channels", one) for one in settings.channels]
    named += [
        (f"groups.{group}", one.channel)
        for group, members in settings.groups.items()
        for one in members
        if one.channel is not None
    ]
    named += [
        (f"kinds.{kind}.channels", one)
        for kind, how in settings.kinds.items()
        for one in how.channels or ()
    ]
    said, introducing = settings.acknowledgement, settings.introductions.channel
    places = (
        ("introductions.channel", introducing),
        ("acknowledgement.channel", said.channel),
        ("acknowledgement.phone_channel", said.phone_channel),
    )
    return named + [(place, one) for place, one in places if one is not None]


def _members_in(settings: TellingSettings) -> list[tuple[str, str]]:
    named = [
        (f"groups.{group}", one.member)
        for group, members in settings.groups.items()
        for one in members
        if one.member is not None
    ]
    return named + [
        ("introductions.salespeople", one) for one in settings.introductions.salespeople or ()
    ]
