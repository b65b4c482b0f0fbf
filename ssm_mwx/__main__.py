"""``python -m ssm_mwx``."""

import sys

from ssm_mwx.cli import main

sys.exit(main())
