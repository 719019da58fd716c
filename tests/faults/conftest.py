"""Fixtures of the tests with faults."""

from tests.delivery.conftest import logs

__all__ = ["logs"]
