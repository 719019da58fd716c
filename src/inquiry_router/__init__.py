"""inquiry-router: one front door for everything a company's customers ask."""

__version__ = "0.1.0"
