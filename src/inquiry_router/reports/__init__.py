"""Reports, read only."""
