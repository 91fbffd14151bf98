# %% right: one function for each form
def build(spec, kinds, place=""):
    def at(step):
        return f"{place}/{step}" if place else str(step)

    def chain():
        net = nn.Sequential()
        for i, one in enumerate(spec):
            net.add(build(one, kinds, at(i)))
        return net

    def repeated():
        net = nn.Sequential()
        for _ in range(spec["times"]):
            net.add(build(spec["body"], kinds, at("body")))
        return net

    if isinstance(spec, (list, tuple)):
        return chain()
    if not isinstance(spec, dict):
        raise ValueError(f"{place}: no kind can be told from {spec!r}")
    kind = spec.get("kind")
    if kind is None:
        raise ValueError(f"{place}: kind is missing")
    if kind == "repeat":
        return repeated()
    if kind not in kinds:
        raise ValueError(f"{place}: what is a {kind}?")
    options = dict(spec)
    del options["kind"]
    if kind == "parallel":
        options["branches"] = {
            name: build(inner, kinds, at(f"branches/{name}"))
            for name, inner in spec["branches"].items()
        }
    try:
        return kinds[kind](**options)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}: {kind}: {error}") from error


# %% right: a copy, and the place is added on the way back
import copy


class Misplaced(Exception):
    def __init__(self, message, place=()):
        super().__init__(message)
        self.message, self.place = message, tuple(place)


def inner(spec, kinds):
    if isinstance(spec, list):
        blocks = []
        for i, one in enumerate(spec):
            blocks.append(down(one, kinds, i))
        return nn.Sequential(*blocks)
    if type(spec) is not dict or "kind" not in spec:
        raise Misplaced("an entry needs a kind")
    kind = spec.pop("kind")
    if kind == "repeat":
        return nn.Sequential(
            *[down(copy.deepcopy(spec["body"]), kinds, "body") for _ in range(spec["times"])]
        )
    if kind == "parallel":
        branches = spec.pop("branches")
        made = {n: down(b, kinds, "branches", n) for n, b in branches.items()}
        spec["branches"] = made
    if kind not in kinds:
        raise Misplaced(f"unknown kind {kind}")
    try:
        return kinds[kind](**spec)
    except Exception as error:
        raise Misplaced(str(error))


def down(spec, kinds, *steps):
    try:
        return inner(spec, kinds)
    except Misplaced as error:
        raise Misplaced(error.message, (*steps, *error.place))


def build(spec, kinds):
    try:
        return inner(copy.deepcopy(spec), kinds)
    except Misplaced as error:
        raise ValueError("/".join(map(str, error.place)) + ": " + error.message)


# %% right: repeat is a list of bodies
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        net = nn.Sequential()
        while len(net) < spec["times"]:
            net.add(build(spec["body"], kinds, place))
        return net
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: kind is popped
# finding: specification-changed
# observed: '[{"units": 5}, {"name": "relu"}, {"units": 4}, {"name": "ta
# score: 11
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    kind = spec.pop("kind")
    options = spec
    if kind == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if kind not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {kind!r}; there are {known}")
    if kind == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[kind](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: the same block several times
# finding: same-block-repeated
# observed: 6 parameters
# score: 13
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place)] * spec["times"]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: once too few
# finding: times-wrong
# observed: 8 parameters
# score: 13
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(1, spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: times is not looked at
# finding: times-wrong
# observed: 8 parameters
# score: 15
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(2)]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: options are left out
# finding: options-lost
# observed: 4 parameters
# score: 16
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        first = {k: v for k, v in options.items() if k != "use_bias"}
        return kinds[spec["kind"]](**first)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: branches in alphabetical order
# finding: branches-sorted
# observed: shape (4, 3)
# score: 15
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in sorted(spec["branches"].items())
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: branches in the reverse order
# finding: branches-reversed
# observed: shape (4, 2)
# score: 13
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in reversed(spec["branches"].items())
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: only lists inside
# finding: not-recursive
# observed: AttributeError
# score: 10
def build(spec, kinds):
    net = nn.Sequential()
    for i, entry in enumerate(spec):
        options = {k: v for k, v in entry.items() if k != "kind"}
        if "kind" not in entry:
            raise ValueError(f"at {i}: no kind")
        if entry["kind"] == "repeat":
            for _ in range(entry["times"]):
                net.add(build(entry["body"], kinds))
            continue
        if entry["kind"] not in kinds:
            raise ValueError(f"at {i}: unknown kind {entry['kind']}")
        if entry["kind"] == "parallel":
            options["branches"] = {n: build(b, kinds) for n, b in entry["branches"].items()}
        try:
            net.add(kinds[entry["kind"]](**options))
        except Exception as error:
            raise ValueError(f"at {i}: {error}") from error
    return net


# %% wrong: branches are handed over as they are
# finding: not-recursive
# observed: ValueError: at 1/body/0: a child is a block, not a list; if
# score: 10
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: branch
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: the kinds are known by heart
# finding: kinds-hard-coded
# observed: ValueError: at 0: there is no kind 'affine'; there are affin
# score: 15
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in ("dense", "act", "parallel"):
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: blocks are kept by their entry
# finding: blocks-kept
# observed: shape (4, 3)
# score: 12
_made = {}


def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        key = repr((place, spec))
        if key not in _made:
            _made[key] = kinds[spec["kind"]](**options)
        return _made[key]
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: a chain is put together from the back
# finding: other-blocks
# observed: 4 parameters
# score: 7
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in reversed(list(enumerate(spec)))])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: an unknown kind is a KeyError
# finding: fault-not-caught
# observed: KeyError
# score: 14
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    factory = kinds[spec["kind"]]
    try:
        return factory(**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: the factory's error goes through
# finding: fault-not-caught
# observed: TypeError
# score: 16
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    return kinds[spec["kind"]](**options)


# %% wrong: unknown kinds are passed over
# finding: fault-accepted
# observed: no error
# score: 14
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        return nn.Identity()
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: the message names nothing
# finding: fault-not-named
# observed: ValueError: at 2: unknown kind; there are act, dense, parall
# score: 16
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: unknown kind; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: no place in the message
# finding: place-missing
# observed: ValueError: there is no kind 'dnese'; there are act, dense,
# score: 15
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"{error}") from error


# %% wrong: the place is not handed down
# finding: place-incomplete
# observed: ValueError: at 1, inside of branches: there is no kind 'dnes
# score: 15
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        return nn.Sequential(*[build(one, kinds, (i,)) for i, one in enumerate(spec)])
    where = "/".join(map(str, place)) + ", inside of branches"
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = ("body",)
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, ("branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error


# %% wrong: activations are left out
# finding: entries-left-out
# observed: shape (4, 3)
# score: 7
def build(spec, kinds, place=()):
    """The network that a specification describes; `kinds` maps each kind to its factory."""
    if isinstance(spec, list):
        entries = [(i, one) for i, one in enumerate(spec) if "name" not in one]
        return nn.Sequential(*[build(one, kinds, (*place, i)) for i, one in entries])
    where = "/".join(map(str, place))
    if not isinstance(spec, dict) or "kind" not in spec:
        raise ValueError(f"at {where}: an entry is a dictionary with a kind, and this is {spec!r}")
    options = {name: value for name, value in spec.items() if name != "kind"}
    if spec["kind"] == "repeat":
        place = (*place, "body")
        bodies = [build(spec["body"], kinds, place) for _ in range(spec["times"])]
        return nn.Sequential(*bodies)
    if spec["kind"] not in kinds:
        known = ", ".join(sorted(kinds))
        raise ValueError(f"at {where}: there is no kind {spec['kind']!r}; there are {known}")
    if spec["kind"] == "parallel":
        options["branches"] = {
            name: build(branch, kinds, (*place, "branches", name))
            for name, branch in spec["branches"].items()
        }
    try:
        return kinds[spec["kind"]](**options)
    except Exception as error:
        raise ValueError(f"at {where}: {error}") from error
