"""The only way out: the HTTP client, addresses that may be called, conversations."""
