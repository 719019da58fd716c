"""Hand decisions over: the outbox, attempts, the schedule of retries, the circuit breaker."""
