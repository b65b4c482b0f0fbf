"""The tests; `tests.fakes` and `tests.strategies` are what several of them share."""
