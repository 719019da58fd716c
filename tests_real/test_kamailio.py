"""Real SIP: a Kamailio that asks the router, telephones, and a router that is slow or down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests_real.running import Router, until
from tests_real.telephones import HOW, MISSING, Telephone, kamailio, ring

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"{', '.join(MISSING)} is not installed: {HOW}"
)


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    (tmp_path / "router").mkdir()
    running = Router(tmp_path / "router")
    running.start()
    yield running
    running.kill()
    running.client.close()


class Company:
    """A line on Kamailio: Celina and Cezary of customer service, and a reception as fallback."""

    def __init__(self, folder: Path, router: Router, celinas: str | None = None) -> None:
        self.celina = Telephone(folder, "celina", celinas)
        self.cezary = Telephone(folder, "cezary")
        self.reception = Telephone(folder, "reception")
        numbers = [self.celina.address, self.cezary.address]
        settings = {"desks": {"customer_service": {"numbers": numbers}}}
        router.client.put(
            "/v1/phone/settings", json=settings, headers={"If-Match": '"1"'}
        ).raise_for_status()
        entry = {"id": "line-1", "name": "The line", "kind": "kamailio"}
        self.address = (
            router.client.post("/v1/sources", json=entry).raise_for_status().json()["url"]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for telephone in (self.celina, self.cezary, self.reception):
            telephone.remove()


def test_call_rings_customer_service_and_becomes_an_inquiry(tmp_path: Path, router: Router) -> None:
    with (
        Company(tmp_path, router) as company,
        kamailio(tmp_path, company.address, company.reception.address) as port,
    ):
        assert ring(tmp_path, port, "call-1@anna")
        assert company.celina.rang()
        assert "X-Router-Team: triage" in company.celina.heard()
        assert "INVITE" not in company.cezary.heard() + company.reception.heard()
    (inquiry,) = until("the call was not taken in", router.inquiries)
    whole = router.client.get(f"/v1/inquiries/{inquiry['id']}").json()
    assert whole["contact"]["phone"] == "+48601234567" and whole["source"]["id"] == "call-1@anna"


def test_busy_target_is_followed_by_the_next(tmp_path: Path, router: Router) -> None:
    with (
        Company(tmp_path, router, celinas="busy") as company,
        kamailio(tmp_path, company.address, company.reception.address) as port,
    ):
        assert ring(tmp_path, port, "call-2@anna")
        assert company.celina.rang() and company.cezary.rang()


def test_fallback_rings_when_the_router_is_down(tmp_path: Path, router: Router) -> None:
    with (
        Company(tmp_path, router) as company,
        kamailio(tmp_path, company.address, company.reception.address) as port,
    ):
        router.kill()
        assert ring(tmp_path, port, "call-3@anna")
        assert company.reception.rang()


def test_fallback_rings_within_seconds_when_the_router_is_slow(
    tmp_path: Path, router: Router
) -> None:
    with (
        Company(tmp_path, router) as company,
        kamailio(tmp_path, company.address, company.reception.address) as port,
    ):
        router.pause()
        try:
            assert ring(tmp_path, port, "call-4@anna", seconds=8)
            assert company.reception.rang()
        finally:
            router.go_on()
