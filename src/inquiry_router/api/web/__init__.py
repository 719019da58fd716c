"""The web machinery around the doors: routing, access, problems, middleware, documentation."""
