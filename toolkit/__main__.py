"""`python -m toolkit`: the same as devToolKit.py, where the environment is there already."""

import sys

from toolkit.cli.main import main

sys.exit(main(sys.argv[1:]))
