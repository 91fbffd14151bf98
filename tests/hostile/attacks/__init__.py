"""Every attack, one family a file. `ATTACKS=bomb,loop pytest -m hostile` tries those alone that have one of these words in their name.

All of them go through `autograder grade`, and through nbgrader's own commands, which copy, read and write in other ways and end in the same sandbox.
"""

import importlib
import os
import pkgutil

from tests.hostile.attack import FAMILY, Attack

WORDS = os.environ.get("ATTACKS", "").split(",")

ATTACKS: dict[str, Attack] = {}
for module in pkgutil.iter_modules(__path__):
    for attack in importlib.import_module(f"{__name__}.{module.name}").ATTACKS:
        assert attack.name not in FAMILY, attack.name
        FAMILY[attack.name] = module.name
        if any(word in attack.name for word in WORDS):
            ATTACKS[attack.name] = attack
