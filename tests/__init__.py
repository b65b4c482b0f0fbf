"""The tests; `tests.support.fakes` and `tests.support.strategies` are what several of them share."""
