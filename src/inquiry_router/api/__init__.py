"""The HTTP API. Doors read requests, call a service, and answer; they decide nothing."""
