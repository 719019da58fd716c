"""The rights of actors: roles, actors, and limits. Pure, apart from what counts in memory."""
