"""The end of a command's start, during which garbage is not collected."""

import gc


def finish() -> None:
    """Collect garbage from now on, and leave what the imports made out of it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
