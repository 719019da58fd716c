"""The only way out: the HTTP client, the addresses that may be called, exchanges of requests."""
