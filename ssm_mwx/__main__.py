"""The program: ``ssm-mwx`` or ``python -m ssm_mwx``."""

import gc
import sys


def main() -> None:
    """Run the command line; without its extra, say so in one line."""
    gc.disable()  # until the imports are done: they make many objects, and no garbage
    try:
        from ssm_mwx.cli import main as run
    except ImportError as error:
        print(f"ssm-mwx: {error}", file=sys.stderr)  # noqa: T201 - click is what may be missing
        sys.exit(4)
    run()


if __name__ == "__main__":
    main()
