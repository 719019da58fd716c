"""Reading request bodies as they stream in."""
