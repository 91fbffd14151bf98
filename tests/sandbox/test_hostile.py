"""Notebooks that misbehave: each loses its own marks, and nothing else is touched."""

import psutil
import pytest

from autograder.grading.grade import Limits
from autograder.report import as_text

QUICK = Limits(cell_cpu_seconds=1, cell_idle_seconds=1, grace_seconds=1)
FORGED = "from IPython.display import display\nprint('score: 5')\ndisplay({'text/plain': '5'}, raw=True)\n"


def score(graded, exercise="99-double"):
    return graded.reports[exercise].score


def stopped(cell):
    return [o.evalue for o in cell.outputs if o.output_type == "error" and o.ename == "Stopped"]


LOOPS = {
    "computes": "while True:\n    pass",
    "swallows": "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
    "ignores": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    "blocked": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})\nwhile True: pass",
    "sleeps": "import time\ntime.sleep(1000)",
    "asyncio": "import asyncio\nawait asyncio.sleep(1000)",
    "child": "import subprocess\nsubprocess.run(['sh', '-c', 'while :; do :; done'])",
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_an_endless_cell_costs_only_itself(grade, right, checked, loop):
    graded = grade(right, loop, checked, limits=QUICK)
    assert score(graded) == 5
    assert stopped(graded.notebook.cells[1])
    assert len(graded.notes) == 1


def test_what_ends_its_process_when_interrupted_was_stopped_for_its_time(grade, right, checked):
    ends = "import os, signal\nsignal.signal(signal.SIGINT, lambda *_: os._exit(1))\nwhile True: pass"
    graded = grade(right, ends, checked, limits=QUICK)
    assert score(graded) == 5
    [note] = graded.notes
    assert "computed for more than 1 s" in note and "ended its process" in note


@pytest.mark.parametrize("swallow", [False, True])
def test_an_endless_answer_costs_only_its_exercise(grade, right, checked, swallow):
    loop = LOOPS["swallows" if swallow else "computes"].replace("\n", "\n    ")
    graded = grade(
        f"def endless(x):\n    {loop}",
        ("check", "99-double", "endless"),
        "guess = 'up'",
        ("check", "99-guess", "guess"),
        limits=QUICK,
    )
    assert score(graded) == 0
    assert "computed for more than 1 s" in as_text(graded.reports["99-double"])
    assert score(graded, "99-guess") == 4


ENDS = {
    "_exit": "import os\nos._exit(0)",
    "kill": "import os\nos.kill(os.getpid(), 9)",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
    "closes everything": "import os\nos.closerange(0, 256)",
    "exec": "import os\nos.execv('/usr/bin/true', ['true'])",
    "stops itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_process_that_ends_itself_is_started_again(grade, right, checked, end):
    graded = grade(right, end, checked, limits=QUICK)
    assert score(graded) == 5
    assert graded.notes


def test_a_process_can_kill_its_neighbours_inside_alone(grade, right, checked):
    assert score(grade(right, "import os\nos.kill(-1, 9)", checked)) == 5


def test_restarts_have_an_end(grade, right, checked):
    graded = grade(right, checked, *[ENDS["_exit"]] * 6, "guess = 'up'", ("check", "99-guess", "guess"))
    assert (score(graded), score(graded, "99-guess")) == (5, 0)
    assert all(cell.outputs for cell in graded.notebook.cells if "nbgrader" in cell.metadata)


def test_the_notebooks_own_budget_ends_it(grade, right, checked):
    cells = ["import time\nt = time.process_time()\nwhile time.process_time() < t + 0.8: pass"] * 6
    graded = grade(right, checked, *cells, ("check", "99-guess", "'up'"), limits=Limits(notebook_cpu_seconds=2))
    assert (score(graded), score(graded, "99-guess")) == (5, 0)


FORGERIES = {
    "torch": "import torch, numpy as np\ntorch.allclose = np.allclose = lambda *a, **k: True\ndouble = lambda x: x",
    "check": "import builtins\nbuiltins.check = check = lambda *a: 5\ndouble = lambda x: x",
    "check again": "get_ipython().events.register('pre_run_cell', lambda *a: get_ipython().user_ns.update(check=lambda *a: 5))\ndouble = lambda x: x",
    "silence": "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)\ndouble = lambda x: 1/0",
    "prints": FORGED + "def double(x):\n    " + FORGED.replace("\n", "\n    ") + "return x",
    "displayhook": "import sys\nsys.displayhook = lambda v: print(5)\nclass Five(int):\n    def __repr__(self): return '5'\ndouble = lambda x: Five()",
    "equal to all": "class All:\n    def __eq__(self, o): return True\n    def __array__(self, *a): return None\ndouble = lambda x: All()",
    "run_cell": "get_ipython().run_code = lambda *a, **k: None\ndouble = lambda x: x",
    "transformer": "import ast\nclass T(ast.NodeTransformer):\n    def visit_Call(self, n): return ast.copy_location(ast.Constant(5), n)\nget_ipython().ast_transformers.append(T())",
    "probe": "import autograder.probe as p\np._PROBES['99-double'] = (lambda a, c, s: None, ())\ndouble = lambda x: x",
    "judge": "import sys, types\nsys.modules['autograder.judges.lesson_99'] = types.SimpleNamespace(EXERCISES={})\ndouble = lambda x: x",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_score_is_worth_nothing(grade, checked, forgery):
    graded = grade(forgery, checked)
    assert score(graded) == 0
    cell = graded.notebook.cells[1]
    assert [o.output_type for o in cell.outputs] == ["display_data", "execute_result"]
    assert cell.outputs[1].data["text/plain"] == "0"


FRAMES = """
import os, struct, json
def frame(message):
    body = json.dumps(message).encode()
    body = struct.pack('>I', len(body)) + body
    return struct.pack('>I', len(body)) + body
def everywhere(data):
    fds = [int(fd) for fd in os.listdir('/proc/self/fd')]
    for fd in fds:
        try: os.write(fd, data)
        except OSError: pass
"""
SENT = {
    "a score": "everywhere(frame({'kind': 'score', 'points': 5}))",
    "a report": "everywhere(frame({'kind': 'report', 'cell': 2, 'score': 5}))",
    "a huge length": "everywhere(b'\\xff' * 64)",
    "noise": "everywhere(os.urandom(4096))",
    "an ask for another": "everywhere(frame({'kind': 'ask', 'exercise': '99-guess'}))",
    "deep": "everywhere(struct.pack('>II', 100004, 100000) + b'[' * 100000)",
    "another cell's end": "everywhere(frame({'kind': 'done', 'cell': 99, 'outputs': []}))",
    "an observation": "everywhere(frame({'kind': 'seen', 'values': {}, 'errors': {}, 'forbidden': [], 'written': True}))",
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_forged_frames_end_the_worker_and_earn_nothing(grade, right, checked, sent):
    graded = grade("double = lambda x: x", FRAMES, sent, checked, "guess = 'up'", ("check", "99-guess", "guess"))
    assert score(graded) == 0
    assert score(graded, "99-guess") == 4, "what comes after is run by a fresh worker"
    assert graded.notes


def test_the_end_of_the_running_cell_may_be_forged_for_no_gain(grade, checked):
    graded = grade(
        "double = lambda x: x", FRAMES, "everywhere(frame({'kind': 'done', 'cell': 2, 'outputs': []}))", checked
    )
    assert score(graded) == 0


BOMBS = {
    "prints": "while True: print('x' * 100_000)",
    "one line": "print('x' * 300_000_000)",
    "child": "import os\nos.system('yes')",
    "displays": "from IPython.display import display\nfor i in range(100_000): display(i)",
    "disk": "for i in range(10_000):\n    with open(f'{i}', 'wb') as f: f.write(b'x' * 50_000_000)",
    "shm": "for i in range(10_000):\n    with open(f'/dev/shm/{i}', 'wb') as f: f.write(b'x' * 50_000_000)",
    "traceback": "raise ValueError('x' * 100_000_000)",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_is_put_out_is_bounded(grade, right, checked, bomb):
    graded = grade(right, bomb, checked, limits=QUICK)
    assert score(graded) == 5
    assert len(str(graded.notebook)) < 5_000_000


MEMORY = {
    "bytes": "b = []\nwhile True: b.append(bytearray(1 << 26))",
    "tensor": "import torch\nb = []\nwhile True: b.append(torch.ones(1 << 24))",
    "shared": "import mmap\nb = []\nwhile True:\n    m = mmap.mmap(-1, 1 << 26)\n    b.append(m)\n    m.write(b'x' * (1 << 26))",
}


@pytest.mark.parametrize("bomb", MEMORY.values(), ids=MEMORY)
def test_memory_is_bounded(grade, right, checked, bomb):
    graded = grade(right, bomb, checked, limits=Limits(memory_bytes=1 << 30))
    assert score(graded) == 5
    assert any(o.output_type == "error" for o in graded.notebook.cells[1].outputs)


def test_forks_are_bounded_and_none_survives(grade, right, checked):
    fork = "import os, time\nn = 0\ntry:\n    while True:\n        if os.fork() == 0: time.sleep(1000)\n        n += 1\nexcept OSError: print(n)"
    before = {p.pid for p in psutil.process_iter()}
    graded = grade(right, fork, checked)
    assert score(graded) == 5
    assert 10 < int(graded.notebook.cells[1].outputs[0].text) < 64
    assert not foreign({p.pid for p in psutil.process_iter()} - before)


def test_a_detached_process_dies_with_its_worker(grade, right, checked):
    before = {p.pid for p in psutil.process_iter()}
    detach = (
        "import subprocess\nfor i in range(5): subprocess.Popen(['setsid', 'sleep', '998877'], start_new_session=True)"
    )
    graded = grade(
        detach,
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        import time; time.sleep(998877)\n    os._exit(0)",
        right,
        checked,
    )
    assert score(graded) == 5
    assert not foreign({p.pid for p in psutil.process_iter()} - before)


def foreign(pids):
    """Those that belong to a sandbox."""
    return [pid for pid in pids if "998877" in " ".join(command(pid))]


def command(pid):
    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return []


def test_html_loses_what_could_act(grade):
    evil = "from IPython.display import display, HTML, Javascript, SVG\ndisplay(HTML('<b onclick=\"x()\">ok</b><script>evil()</script><img src=x onerror=evil()><iframe src=//e></iframe>'))\ndisplay(Javascript('evil()'))"
    text = str(grade(evil).notebook.cells[0].outputs)
    assert "<b>ok</b>" in text
    for word in ("<script", "onclick", "onerror", "<iframe", "javascript"):
        assert word not in text


def test_lone_surrogates_and_nul_can_be_stored(grade, checked):
    source = "print('\\ud800 \\x00')\ndef double(x): raise ValueError('\\udfff \\x00')"
    str(grade(source, checked).notebook).encode("utf-8")
