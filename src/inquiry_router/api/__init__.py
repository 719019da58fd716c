"""The HTTP API. Doors read requests, call the journey or a store, and answer; they decide nothing."""
