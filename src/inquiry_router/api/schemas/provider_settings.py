"""Validation of the settings of a source or destination."""

from typing import Any

from fastapi import Request
from pydantic import ValidationError

from inquiry_router.api.web.problems import invalid
from inquiry_router.api.web.routing import house
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.providers import ProviderSettings


def checked_settings(
    request: Request, model: type[ProviderSettings], sent: dict[str, Any], stored: dict[str, Any]
) -> ProviderSettings:
    """Validate settings. A secret that is left out or masked comes from the stored settings.

    Raises `Invalid`.
    """
    try:
        return model.model_validate(
            model.completed(sent, stored), context={"reach": house(request).reach}
        )
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False), "settings") from None
    except ValueError as error:
        raise Invalid(f"settings.{error}") from None
