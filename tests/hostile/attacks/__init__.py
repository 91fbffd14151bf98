"""Every attack, one family a file. `ATTACKS=bomb,loop pytest -m hostile` tries those alone that have one of these words in their name.

Through `autograder grade` go all of them; through nbgrader's own commands, which take seconds for each, those that aim at
what these do differently (how they copy, read and write), or all with `STOCK=all`. Both end in the same sandbox.
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

COPYING = ("beside", "notebooks")
STOCK = {
    name: attack for name, attack in ATTACKS.items() if os.environ.get("STOCK") == "all" or FAMILY[name] in COPYING
}
