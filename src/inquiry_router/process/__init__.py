"""One process: settings, clock, ids, logs, metrics."""
