"""`reset` in a real kernel: it answers what the notebook's frontend is to put into the cell that ran."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from autograder import notebooks

ROOT = Path(__file__).resolve().parents[2]
LESSON, EXERCISE = "01-layers-and-blocks", "01-parallel-block"


@pytest.fixture
def kernel(tmp_path):
    """A kernel in a learner's folder, in whose notebook the answer has been written over."""
    path = tmp_path / f"{LESSON}.ipynb"
    shutil.copy(ROOT / "course" / LESSON / path.name, path)
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == EXERCISE:
            cell.source = "class ParallelBlock: pass"
    nbformat.write(notebook, path)
    manager, client = start_new_kernel(cwd=str(tmp_path))
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client, source, cell):
    """Execute as JupyterLab does, which names the cell; (what was printed, what replaces the cell)."""
    content = {"code": source, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell})
    client.shell_channel.send(message)
    while (reply := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != message["header"]["msg_id"]:
        pass
    assert reply["content"]["status"] == "ok", json.dumps(reply["content"], default=str)
    printed = ""
    while (said := client.get_iopub_msg(timeout=60))["msg_type"] != "status" or said["content"][
        "execution_state"
    ] != "idle":
        printed += said["content"].get("text", "")
    return printed, [part["text"] for part in reply["content"]["payload"] if part.get("replace")]


def test_the_exercises_own_cell_is_replaced_and_no_other(kernel):
    cells = notebooks.read(ROOT / "course" / LESSON / f"{LESSON}.ipynb")["cells"]
    [answer] = [cell for cell in cells if notebooks.grade_id(cell) == EXERCISE]
    source = f'from autograder import reset\nreset("{EXERCISE}")'
    assert run(kernel, source, answer["id"])[1] == [notebooks.source(answer)]
    printed, replaced = run(kernel, source, "another-cell")
    assert replaced == [] and notebooks.source(answer) in printed and f'reset("{EXERCISE}")' in printed
