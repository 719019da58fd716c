"""Request bodies, read as they stream in."""
