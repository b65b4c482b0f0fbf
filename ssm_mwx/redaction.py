"""What stands where a sensitive value is withheld."""

REDACTED = "<sensitive>"
"""The placeholder."""


def redact(value: object) -> str:
    """A `repr` for a sensitive value: None stays None, all else is withheld."""
    return "None" if value is None else REDACTED
