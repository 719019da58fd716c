"""The company of the phone tests.

Celina and Cezary of customer service, Bartek and Beata of sales, and Anna, a customer who calls.
"""

from datetime import UTC, datetime
from typing import Any

from inquiry_router.inquiry.categories import (
    CATALOG_REQUEST,
    DEFECT,
    NEW_PURCHASE,
    ORDER_SUPPORT,
    OTHER,
    REFERRAL,
)
from inquiry_router.phone.caller import read_caller
from inquiry_router.phone.model import Heard, Situation, Target, Understood
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.routing.teams import Teams

# A Thursday at 11:00 in Warsaw, and the evening of the same day.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 19, 19, 0, tzinfo=UTC)
HOLIDAY = datetime(2026, 11, 11, 10, 0, tzinfo=UTC)

ANNA = "+48601234567"
LINE = "+48220000001"
CELINA, CEZARY = "+48220000002", "sip:cezary@pbx.example.com"
BARTEK, BEATA = "+48220000003", "+48220000004"
# The TaskRouter workflow of a company that has one.
WORKFLOW = "WW0123456789abcdef0123456789abcdef"
SALES = {Target(number=BARTEK), Target(number=BEATA)}

OFFICE = {day: ["08:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
SERVICE_NAMES = {"pl": "obsługa klienta", "en": "customer service"}
TEAMS = Teams.model_validate(
    {
        "teams": [
            {"id": "customer_service", "kind": "service", "names": SERVICE_NAMES, "hours": OFFICE},
            {
                "id": "sales",
                "kind": "sales",
                "names": {"pl": "dział sprzedaży", "en": "sales"},
                "hours": OFFICE,
            },
            {"id": "triage", "kind": "triage", "names": SERVICE_NAMES, "hours": OFFICE},
        ]
    }
)
TEAM_OF = {
    DEFECT: "customer_service",
    ORDER_SUPPORT: "customer_service",
    CATALOG_REQUEST: "customer_service",
    NEW_PURCHASE: "sales",
    REFERRAL: "sales",
    OTHER: "triage",
}


def settings_of(**more: Any) -> PhoneSettings:
    given = {
        "desks": {
            "customer_service": {"numbers": [CELINA, CEZARY]},
            "sales": {"numbers": [BARTEK, BEATA]},
        },
        "fallback": CELINA,
        "lines": {"+48220000009": "de"},
    }
    return PhoneSettings.model_validate({**given, **more})


def situation_of(at: datetime = NOW, caller: str | None = ANNA, **more: Any) -> Situation:
    return Situation(at, TEAMS, read_caller(caller), team_of=TEAM_OF, **more)


def heard(**more: Any) -> Heard:
    return Heard(**{"call_id": "call-1", "caller": ANNA, "called": LINE, **more})


def understood(category: str, confidence: float = 0.9, **more: Any) -> Understood:
    return Understood(category, confidence, **{"team": TEAM_OF[category], **more})
