"""The groups of a helpdesk, by the names that it has for them."""

from inquiry_router.providers.kit.helpdesk_settings import HelpdeskSettings


def group_named(settings: HelpdeskSettings, *names: str | None) -> str | None:
    """The one of a group's names that the settings use; the first if they use none of them."""
    used = {group.casefold(): group for group in settings.groups.values()}
    known = [name for name in names if name is not None]
    return next(
        (used[name.casefold()] for name in known if name.casefold() in used),
        next(iter(known), None),
    )
