"""What every function here raises when its input cannot be used."""


class BadInput(ValueError):  # noqa: N818 - named in the public contract
    """Input that cannot be used.

    The text says what was expected, what came, where, how many, and what to do,
    for example: ``history: 3 rows have negative offered (first: queue 'voice',
    2026-03-02 09:00, got -4); counts cannot be negative - check the export``.
    """
