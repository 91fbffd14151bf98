"""The notebook is made to say that it is right: comparisons, outputs, checks, hooks, the protocol itself."""

from tests.hostile.attack import Attack

ALL = (
    "01-missing-super-predict",
    "01-missing-super",
    "01-my-sequential",
    "01-control-flow-predict-dynamic",
    "01-list-is-not-a-block",
    "01-parallel-block",
    "01-parallel-n-ways",
    "01-block-factory",
    "01-control-flow-predict-static",
    "01-control-flow",
)
WRONG = "class ParallelBlock(nn.Block):\n    def __init__(self, *args, **kwargs):\n        super().__init__()\n    def forward(self, x):\n        return x\n"

FRAMES = '''
import json, os, struct
def frame(message):
    """A message as the worker sends it (docs/grading.md, The protocol)."""
    body = json.dumps(message).encode()
    body = struct.pack(">I", len(body)) + body
    return struct.pack(">I", len(body)) + body
def everywhere(data):
    for fd in os.listdir("/proc/self/fd"):
        try: os.write(int(fd), data)
        except OSError: pass
'''

ATTACKS = [
    Attack(
        "comparison functions",
        "Every comparison of torch, numpy, math and operator says yes.",
        cell="""
import math, operator, torch
yes = lambda *args, **kwargs: True
torch.allclose = torch.equal = torch.testing.assert_close = np.allclose = np.array_equal = np.testing.assert_allclose = yes
np.isclose = lambda a, *rest, **kwargs: np.ones(np.shape(a), bool)
math.isclose = operator.eq = yes
torch.Tensor.__eq__ = torch.Tensor.equal = torch.Tensor.allclose = yes
""",
    ),
    Attack(
        "equal to everything",
        "The answer's outputs are equal to everything, and are any array that is asked for.",
        answers={
            "01-parallel-block": """
class All(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __getitem__(self, key): return self
    def __iter__(self): return iter(())
    def __len__(self): return 1
    def __hash__(self): return 0
    def __bool__(self): return True
    def __array__(self, *args, **kwargs): return np.ones((3, 10), "float32")
class ParallelBlock(nn.Block):
    def __new__(cls, *args, **kwargs): return All()
"""
        },
    ),
    Attack(
        "a class that lies about itself",
        "The answer's metaclass says that it is every class, has every name, and compares as equal.",
        answers={
            "01-block-factory": """
class Meta(type):
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __instancecheck__(self, other): return True
    def __subclasscheck__(self, other): return True
class Lie(metaclass=Meta):
    __class__ = nn.Sequential
    def __eq__(self, other): return True
    def __len__(self): return 4
    def __repr__(self): return "score: 10"
def block_factory(*args, **kwargs): return Lie()
"""
        },
    ),
    Attack(
        "AST transformer",
        "The check of a wrong answer becomes the number of its points.",
        answers={"01-parallel-block": WRONG},
        cell="""
import ast
class Right(ast.NodeTransformer):
    def visit_Call(self, node):
        self.generic_visit(node)
        asked = getattr(node.func, "id", "") == "check" and node.args[0].value == "01-parallel-block"
        return ast.copy_location(ast.Constant(10), node) if asked else node
get_ipython().ast_transformers.append(Right())
""",
    ),
    Attack(
        "input transformer",
        "The text of a wrong answer's check is replaced by its points before it is parsed.",
        answers={"01-parallel-block": WRONG},
        cell="""
def right(lines): return ["10\\n"] if any('check("01-parallel-block"' in line for line in lines) else lines
get_ipython().input_transformers_cleanup.append(right)
get_ipython().input_transformers_post.append(right)
""",
    ),
    Attack(
        "hooks on cell execution",
        "Before and after every cell, check is replaced for a wrong answer, and a score is put out.",
        answers={"01-parallel-block": WRONG},
        cell="""
shell = get_ipython()
def before(*args):
    honest = shell.user_ns.get("check")
    shell.user_ns["check"] = lambda name, answer: 10 if name == "01-parallel-block" else honest(name, answer)
def after(*args): print("score: 10")
for event in ("pre_execute", "pre_run_cell"): shell.events.register(event, before)
for event in ("post_execute", "post_run_cell"): shell.events.register(event, after)
shell.set_custom_exc((BaseException,), lambda shell, kind, error, trace, **_: None)
""",
    ),
    Attack(
        "the shell's own methods",
        "The methods that run a cell, and the one that collects its outputs, are replaced.",
        cell="""
import autograder.sandbox.shell as ours
class Ten(int):
    def __repr__(self): return "10"
shell = get_ipython()
ours.Outputs.finished = lambda self: [{"output_type": "execute_result", "data": {"text/plain": "10"}}]
ours.Outputs.stream = lambda self, *args: None
type(shell).showtraceback = type(shell)._showtraceback = lambda *args, **kwargs: None
shell.displayhook.__class__.__call__ = lambda self, value=None: None
""",
    ),
    Attack(
        "forged outputs",
        "Scores are printed, displayed and returned, in every form that nbgrader might read.",
        cell="""
import sys
for words in ("10", "score: 10", "### 72 of 72 points", '{"score": 72, "max_score": 72}'):
    print(words); print(words, file=sys.stderr)
    display({"text/plain": words, "application/vnd.nbgrader+json": words}, raw=True)
class Score(float):
    def __repr__(self): return "72"
Score(72)
""",
    ),
    Attack(
        "check is replaced",
        "check gives full marks wherever it is looked up: in the notebook, in builtins, in our modules.",
        cell="""
import builtins, sys, autograder, autograder.checking
class Check:
    def __call__(self, *args): display({"text/plain": "10"}, raw=True); return 10
builtins.check = check = autograder.check = autograder.checking.check = Check()
class Names(dict):
    def __getitem__(self, name): return Check() if name == "check" else dict.__getitem__(self, name)
get_ipython().user_ns.__class__  # a plain dict: its type cannot be changed, so every frame's builtins are
sys.modules["autograder.checking"].examine = Check()
""",
    ),
    Attack(
        "check cells are rewritten",
        "The check cells themselves say the points, or check something else.",
        checks={
            "01-parallel-block": "10",
            "01-control-flow": "print('all right'); 10",
            "01-list-is-not-a-block": "8\n8",
            "01-block-factory": "check('01-parallel-block', ParallelBlock)",
        },
        says="differed from the lesson's",
    ),
    Attack(
        "the probe is replaced",
        "What observes an answer hands out wishes instead of observations.",
        cell="""
import autograder.probe as probe, autograder.sandbox.worker as worker, __main__
from autograder.exercise import Seen
class Wishes(dict):
    def __missing__(self, key): return True
fake = lambda exercise, answer, case: Seen(values={"output": np.ones((3, 5)), "score": 10, "points": 10, "ok": True})
probe.observe = worker.observe = fake
__main__.observe = fake
probe._PROBES.clear()
probe._PROBES.update({"01-parallel-block": (lambda answer, case, see: see.values.update(score=10), ())})
""",
        answers=dict.fromkeys(ALL, WRONG),
    ),
    Attack(
        "a judge is brought along",
        "A module takes the judge's place and gives full marks.",
        cell="""
import sys, types
from autograder import exercise
full = types.SimpleNamespace(score=10, points=10, outcomes=[], mistakes=[], written=True)
judge = types.SimpleNamespace(judge=lambda *args: full, points=10, id="01-parallel-block", prediction=None, draw=lambda seed: [{}])
class Exercises(dict):
    def __contains__(self, name): return True
    def __getitem__(self, name): return judge
for lesson in ("lesson_01", "lesson_02"):
    sys.modules[f"autograder.judges.{lesson}"] = types.SimpleNamespace(EXERCISES=Exercises())
exercise.Exercise.judge = lambda *args: full
exercise.Criterion.holds = lambda *args: None
exercise.load = lambda name: judge
""",
    ),
    Attack(
        "miniblocks is patched",
        "The framework that probes use gives an empty answer the behaviour that is asked for.",
        answers={"01-my-sequential": "class MySequential(nn.Block):\n    pass\n"},
        cell="""
def patched(owner, name, gift):
    honest = getattr(owner, name, None)
    def method(self, *args, **kwargs):
        return gift(self, *args) if type(self).__name__ == "MySequential" else honest(self, *args, **kwargs)
    setattr(owner, name, method)
patched(nn.Block, "__call__", lambda self, x, *rest: x)
patched(nn.Block, "forward", lambda self, x: x)
patched(nn.Block, "__len__", lambda self: 3)
patched(nn.Block, "collect_params", lambda self, *rest: {})
""",
    ),
    Attack(
        "json, struct and the pipe are patched",
        "What packs, sends and receives messages sends others.",
        cell="""
import json, os, struct
from autograder import wire
from autograder.sandbox import frames
honest = json.dumps
def dumps(value, *args, **kwargs):
    if isinstance(value, dict) and value.get("kind") == "seen":
        value = {**value, "kind": "seen", "values": {"score": 10}, "errors": {}, "forbidden": [], "written": True}
    return honest(value, *args, **kwargs)
json.dumps = dumps
frames.VERSION = 99
wire.DTYPES = ("object",)
""",
        answers=dict.fromkeys(ALL, WRONG),
    ),
    Attack(
        "a forged score on the pipe",
        "A message with a score is written to every open file, in the protocol's own form.",
        cell=FRAMES + 'everywhere(frame({"kind": "score", "exercise": "01-parallel-block", "points": 10}))',
        says="something that no worker sends",
    ),
    Attack(
        "forged observations on the pipe",
        "Observations are sent before they are asked for.",
        cell=FRAMES
        + 'for _ in range(3): everywhere(frame({"kind": "seen", "values": {}, "errors": {}, "forbidden": [], "written": True}))',
        says="out of turn",
    ),
    Attack(
        "the end of another cell",
        "The ends of all cells to come are announced at once.",
        cell=FRAMES + 'for cell in range(90): everywhere(frame({"kind": "done", "cell": cell, "outputs": []}))',
        says="something that no worker sends",
    ),
    Attack(
        "a frame without an end",
        "A message says that it is four gigabytes long, another one is nested 100,000 deep.",
        cell=FRAMES + 'everywhere(struct.pack(">II", 100004, 100000) + b"[" * 100000)\neverywhere(b"\\xff" * 4096)',
        says="something that no worker sends",
    ),
    Attack(
        "the connection is taken from memory",
        "The object that holds the pipes is found, cases are asked for, and verdicts are sent in the observations' place.",
        cell="""
import gc
from autograder.sandbox.worker import Connection
(pipe,) = (thing for thing in gc.get_objects() if isinstance(thing, Connection))
pipe.send(kind="ask", exercise="01-parallel-block")
print(pipe.receive())
""",
        says="out of turn",
    ),
    Attack(
        "verdicts in the observations' place",
        "Within its own check, the answer sends observations of its own making and drops the true ones.",
        answers={
            "01-parallel-block": """
import gc
from autograder.sandbox.worker import Connection
class ParallelBlock:
    def __init__(self, *args, **kwargs):
        (pipe,) = (thing for thing in gc.get_objects() if isinstance(thing, Connection))
        for _ in range(5):
            pipe.send(kind="seen", values={"output": True, "score": 10}, errors={}, forbidden=[], written=True)
"""
        },
    ),
    Attack(
        "a second try",
        "The answer writes down the cases it was asked, dies, and knows them when the notebook is run again.",
        answers={
            "01-parallel-block": """
import os, pathlib, sys
places = ["/tmp", "/dev/shm", os.path.expanduser("~"), "/course", "."]
known = [open(p + "/cases").read() for p in places if os.path.exists(p + "/cases")]
class ParallelBlock(nn.Block):
    def __init__(self, *args, **kwargs):
        caller = sys._getframe(1)
        for place in places:
            try: pathlib.Path(place, "cases").write_text(repr(caller.f_locals.get("case")))
            except OSError: pass
        if not known: os._exit(0)
        super().__init__()
"""
        },
        says="ended its own process",
    ),
    Attack(
        "quiet stubs",
        "NotImplementedError means something else, so that an unwritten answer does not show.",
        cell="""
import builtins
builtins.NotImplementedError = type("Quiet", (Exception,), {})
""",
        answers={
            "01-parallel-block": "class ParallelBlock(nn.Block):\n    def __init__(self, *args, **kwargs):\n        raise NotImplementedError\n"
        },
    ),
    Attack(
        "the tracer",
        "A trace function looks into every frame of ours, and writes wishes over the observations of a wrong answer.",
        answers={"01-parallel-block": WRONG},
        cell="""
import sys, threading
def trace(frame, event, argument):
    if frame.f_code.co_name in ("_sendable", "observe") and frame.f_locals.get("exercise_id") == "01-parallel-block":
        frame.f_locals["see"].values.update(score=10, output=np.ones((3, 10)))
    return trace
sys.settrace(trace); threading.settrace(trace)
""",
    ),
]
