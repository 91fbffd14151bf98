"""S0, exercise 1: what happens without `super().__init__`, predicted and repaired."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from autograder.judges.evidence import count, inputs, is_text, numbers, same, stopped
from autograder.judges.lesson_01.evidence import chain, dense, marks, same_numbers
from miniblocks import nd, nn

SECTION = "A block of your own"

# What one would have to believe to choose each letter; the truth is found by trying, below.
BELIEFS = {
    "a": ("thinks-assignment-registers", "stops while `MLP()` is being built, at the first layer assigned"),
    "b": ("thinks-initialize-notices", "is built, and stops in `initialize()`"),
    "c": ("thinks-the-call-notices", "is built and initialized, and stops in `net(x)`"),
    "d": ("thinks-python-calls-super", "works: Python calls the parent's `__init__` by itself"),
    "e": ("thinks-parameters-get-lost", "computes an output, but its parameters are never collected"),
}

predict = Exercise(
    "01-missing-super-predict",
    "Predict: the missing super().__init__",
    section=SECTION,
    source="S0, exercise 1",
    minutes=3,
    prediction=one_of(*BELIEFS),
    hints=(
        "Python runs the `__init__` of the class you instantiate, and no other unless you call it.",
        "Which line is the first to need something that `Block.__init__` would have made?",
    ),
)


@predict.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"units": int(rng.integers(2, 9))}]


@predict.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in BELIEFS:
        return Mistake(
            "not-a-choice",
            f"one of {', '.join(BELIEFS)}",
            repr(answer),
            "Return the letter of your choice as a string.",
        )
    happened, message = without_super(case["units"])
    if answer == happened:
        return None
    return Mistake(
        BELIEFS[answer][0],
        f"the network {BELIEFS[happened][1]}" + (f": {message}" if message else ""),
        f"your prediction: the network {BELIEFS[answer][1]}",
        "Run the experiment in the next cell and read which line of it stops, and what that line was looking for.",
        tried="MLP(), then initialize(), then net(x), for a class whose __init__ does not call super().__init__",
    )


def without_super(units: int) -> tuple[str, str]:
    """Try it: the letter of what happens, and the error's first line."""

    class Forgetful(nn.Block):
        def __init__(self) -> None:
            self.hidden = nn.Dense(units)

        def forward(self, x: nd.Tensor) -> nd.Tensor:
            return self.hidden(x)

    made: list[nn.Block] = []
    steps: tuple[Callable[[], object], ...] = (
        lambda: made.append(Forgetful()),
        lambda: made[0].initialize(),
        lambda: made[0](nd.array(np.ones((2, 3), np.float32))),
    )
    with nn.fresh_names():  # the learner's own blocks keep counting as if nothing had been made here
        for letter, step in zip(BELIEFS, steps):
            try:
                step()
            except Exception as error:
                return letter, f"{type(error).__name__}: {str(error).splitlines()[0]}"
        return ("d" if made[0].collect_params() else "e"), ""


repair = Exercise(
    "01-missing-super",
    "The missing super().__init__",
    section=SECTION,
    source="S0, exercise 1",
    minutes=8,
    hints=(
        "What `Block.__init__` makes (the place where children are kept, the name) must exist before the first layer is assigned.",
        "The class takes `**kwargs` without naming them. Who knows what `prefix=` means?",
        "The call names no class at all: Python finds the parent by itself in `super()`.",
    ),
)


@repair.cases
def _(rng: np.random.Generator) -> list[Case]:
    shapes = ((3, 5, 2), (6, 4, 7))
    return [
        {
            "x": inputs(rng, 4, n),
            "hidden": h,
            "units": u,
            "layers": [dense(rng, n, h), dense(rng, h, u)],
            "marker": float(rng.uniform(2, 3)),
            "prefix": f"net{rng.integers(10, 99)}_",
        }
        for n, h, u in shapes
    ]


@repair.criterion("builds", points=2, says="the network can be built")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _not_built(case, seen) or _not_a_block(seen)


def _not_built(case: Case, seen: Seen) -> Mistake | None:
    tried = f"MLP({case['hidden']}, {case['units']})"
    error = seen.error("build the network")
    if error is None:
        return None
    reached = seen["block_init"]
    if is_text(reached, "finished"):
        return Mistake(
            "fails-after-super", "a network", str(error), "`Block.__init__` ran, and a later line stopped.", tried
        )
    if is_text(reached, "entered"):
        cause = "The parent was called with arguments that it does not take. It knows nothing of `hidden` and `units`; pass on `**kwargs` alone."
        return Mistake(
            "super-with-wrong-arguments",
            "Block.__init__ called with the keyword arguments it knows",
            str(error),
            cause,
            tried,
        )
    if seen.values.get("mentions_super"):
        cause = (
            "`__init__` mentions its parent, and still nothing of `Block.__init__` had run when the first layer was assigned. "
            "Does the call come after the assignments, lack its parentheses, or start above Block, as in super(nn.Block, self)?"
        )
        return Mistake("super-not-in-time", "Block.__init__ run before the first assignment", str(error), cause, tried)
    cause = "Nothing in `__init__` calls the parent's `__init__`, so the block has nowhere to keep its layers."
    return Mistake("super-missing", "Block.__init__ run before the first assignment", str(error), cause, tried)


def _not_a_block(seen: Seen) -> Mistake | None:
    if seen["kind"] is True:
        return None
    cause = "The class no longer inherits from `nn.Block`, and with that it lost `initialize`, `collect_params` and the rest."
    return Mistake(
        "not-a-block", "a class that inherits from nn.Block", f"a class with the parents {seen['bases']}", cause
    )


@repair.criterion("computes", points=2, says="net(x) is the output layer of the hidden layer of x")
def _(case: Case, seen: Seen) -> Mistake | None:
    shapes = [list(layer["weight"].shape) for layer in case["layers"]]
    tried = f"weights of shapes {shapes} set, then net(x) for x of shape {case['x'].shape}"
    wanted = chain(case["x"], case["layers"], relu=True)
    cause = "Keep the two layers: `hidden` with `hidden` units and relu, `output` with `units` units."
    failed = _not_built(case, seen) or stopped(seen, "set its weights and call it", "layers-changed", tried, cause)
    if failed or same(seen.array("output"), wanted):
        return failed
    if same(seen["output"], chain(case["x"], case["layers"])):
        return Mistake(
            "activation-lost", numbers(wanted), numbers(seen["output"]), "The hidden layer has lost its relu.", tried
        )
    return Mistake("layers-changed", numbers(wanted), numbers(seen["output"]), cause, tried)


@repair.criterion("registered", points=2, says="initialize() and collect_params() reach both layers")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = "net.initialize(); net(x); a number written into each collected parameter, read back through net.hidden and net.output"
    cause = (
        "The layers are there, but the block does not know of them: what `Block.__init__` prepares was replaced "
        "or avoided, so assigning a layer no longer registers it."
    )
    failed = _not_built(case, seen) or _not_a_block(seen)
    failed = failed or stopped(seen, "initialize it and call it", "children-not-registered", tried, cause)
    if failed:
        return failed
    read, wanted = seen["read_back"], [case["marker"]] * 4
    if same_numbers(read, wanted) and count(seen, "collected") == 4:
        return None
    return Mistake(
        "children-not-registered",
        f"4 parameters, each read back as {case['marker']:.3f}",
        f"{seen['collected']} collected; read back {marks(read)}",
        cause,
        tried,
    )


@repair.criterion("keywords", points=2, says="keyword arguments such as prefix= reach Block")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"MLP({case['hidden']}, {case['units']}, prefix={case['prefix']!r})"
    cause = "Either `**kwargs` is taken and not handed on, or `prefix` never gets in. The parent is the one who understands it."
    wanted = f"a network whose name starts with {case['prefix'][:-1]!r}"
    failed = _not_built(case, seen) or stopped(seen, "pass it a prefix", "keywords-not-passed-on", tried, cause, wanted)
    if failed:
        return failed
    if str(seen["name"]).startswith(case["prefix"][:-1]):
        return None
    return Mistake("keywords-not-passed-on", wanted, f"a network named {seen['name']!r}", cause, tried)
