"""Personal data: the map of it, export and erasure of a person, retention."""
