"""The names of teams, categories and intents as the company has set them."""

from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiry.condition_words import NameOf
from inquiry_router.inquiry.names import built_in_name


def names_in(configuration: Configuration) -> NameOf:
    """Name things as people of this company know them; the id for one that is gone."""
    teams = configuration.teams.by_id
    own = {one.id: one.names for one in configuration.own_categories.categories}

    def name_of(kind: str, named: str, language: str) -> str:
        if kind == "team" and named in teams:
            return teams[named].name(language)
        if kind == "intent":
            return configuration.own_intents.name(named, language)
        if kind == "category" and named in own:
            return own[named].get(language) or own[named]["en"]
        return built_in_name(kind, named, language)

    return name_of
