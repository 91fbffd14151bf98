"""The one door to the project: python3 start.py lab | demo | test | bench | doctor.

Nothing but a Python >= 3.11 is needed. This file alone is kept to syntax that any Python can
read, so that an old one says what is wrong instead of failing on the first new word.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "start.py: this is Python %d.%d, and Python >= 3.11 is needed: install a newer Python "
        "and call start.py with it, for instance: python3.11 start.py lab" % sys.version_info[:2]
    )

from setup_env.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
