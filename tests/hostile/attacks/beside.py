"""What lies beside the notebook: modules that shadow others, settings, links, special files, bombs, odd names."""

import gzip
import json
import os
import socket
import zipfile
from pathlib import Path

from tests.hostile.attack import Attack

NOTEBOOK = "01-layers-and-blocks.ipynb"
EVIL = "import builtins\nbuiltins.check = lambda *args: 10\nraise SystemExit('shadowed')\n"


def bombs(folder: Path) -> None:
    zeros = bytes(1 << 20)
    (folder / "bomb.gz").write_bytes(gzip.compress(zeros * 100))
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(50):
            archive.writestr(f"{number}.ipynb", zeros * 8)
        archive.writestr("../../evil.ipynb", "x")


def special_files(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "predictions.json")
    os.mkfifo(folder / "timestamp.txt")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)  # a socket's address is short
        server.bind("socket")
        os.chdir(here)


def links_that_loop(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to("self")
    (folder / "up").symlink_to("../../..")
    (folder / "dangling").symlink_to("/nonexistent/file")
    (folder / "device").symlink_to("/dev/zero")


def holes(folder: Path) -> None:
    for name in ("huge.bin", "data.csv"):
        with (folder / name).open("wb") as file:
            file.truncate(1 << 40)


def many_files(folder: Path) -> None:
    for number in range(3000):
        (folder / f"{number}.txt").write_text("x")


def deep(folder: Path) -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(60):
        os.mkdir("d" * 100, dir_fd=here)
        inner = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.symlink("/etc/passwd", "passwd", dir_fd=here)
    os.close(here)


def odd_names(folder: Path) -> None:
    for name in (
        "new\nline.txt",
        "\x1b[2J\x1b]0;owned\x07.txt",
        "-rf",
        "$(touch canary).txt",
        "<script>alert(1)</script>.txt",
        "...",
    ):
        (folder / name.replace("/", "∕")).write_text("x")
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt"))).write_text("x")


def folders_for_files(folder: Path) -> None:
    for name in (
        "predictions.json",
        "timestamp.txt",
        "grading.evidence",
        "01-layers-and-blocks.html",
        "feedback",
        "submission_secret.txt",
    ):
        (folder / name).mkdir()
        (folder / name / "x.txt").write_text("x")


def a_pdf_for_predictions(folder: Path) -> None:
    (folder / "predictions.json").write_bytes(b"[" * 60_000)


ATTACKS = [
    Attack(
        "modules that shadow others",
        "torch.py, numpy.py, json.py, miniblocks/ and autograder/ lie beside the notebook and put themselves first.",
        files=dict.fromkeys(
            (
                "torch.py",
                "numpy.py",
                "json.py",
                "struct.py",
                "types.py",
                "miniblocks/__init__.py",
                "explorers.py",
                "autograder/__init__.py",
                "autograder/probe.py",
                "autograder/wire.py",
                "IPython.py",
                "encodings/__init__.py",
            ),
            EVIL,
        ),
    ),
    Attack(
        "settings of Jupyter, IPython and Python",
        "Configuration of every program that might run here lies beside the notebook.",
        files=dict.fromkeys(
            (
                "jupyter_config.py",
                "nbgrader_config.py",
                "ipython_config.py",
                ".ipython/profile_default/startup/00.py",
                ".ipython/profile_default/ipython_config.py",
                ".jupyter/jupyter_config.py",
                "sitecustomize.py",
                "usercustomize.py",
                "conftest.py",
                "setup.py",
                "evil.pth",
                ".bashrc",
                "startup.py",
            ),
            EVIL,
        )
        | {
            ".env": "PYTHONSTARTUP=startup.py\n",
            "pyproject.toml": "[tool.pytest.ini_options]\naddopts='-p evil'\n",
            "pytest.ini": "[pytest]\n",
            "kernel.json": '{"argv": ["sh", "-c", "touch canary"], "language": "python"}',
        },
    ),
    Attack(
        "a gradebook and reports of one's own",
        "Files with the names of ours lie beside the notebook: gradebook, evidence, graded notebook, feedback.",
        files={
            "gradebook.db": b"forged",
            "grading.evidence": b"forged",
            "01-layers-and-blocks.html": "<script>alert('forged')</script>72 of 72",
            "other.html": "<script>alert(1)</script>",
            "autograded/01-layers-and-blocks.ipynb": "{}",
            "blocks.secret": bytes(32),
            "x.evidence": b"x",
        },
    ),
    Attack("special files", "Pipes in the place of files that are read, and a socket.", place=special_files),
    Attack(
        "links that loop",
        "Links to themselves, to the folder above, to nothing, to a device without end.",
        place=links_that_loop,
    ),
    Attack("files of a terabyte", "Two files of a terabyte each, which are nothing but holes.", place=holes),
    Attack("three thousand files", "More files than anyone's work.", place=many_files),
    Attack(
        "folders in folders",
        "Folders so deep that their path is longer than the system allows, and a link at the bottom.",
        place=deep,
    ),
    Attack(
        "odd names",
        "File names with line ends, terminal commands, markup, and bytes that are no text.",
        place=odd_names,
    ),
    Attack(
        "folders in the place of files",
        "A folder bears the name of each file that is written or read.",
        place=folders_for_files,
    ),
    Attack("decompression bombs", "gzip and zip bombs, and a path that leaves the archive.", place=bombs),
    Attack("predictions nested 60,000 deep", "The ledger of predictions is no ledger.", place=a_pdf_for_predictions),
    Attack(
        "predictions that are right by now",
        "The ledger says that the right predictions were committed first.",
        files={
            "predictions.json": json.dumps(
                {"01-control-flow-predict-dynamic": "a", "01-missing-super-predict": "score: 2"}
            )
        },
    ),
    Attack(
        "a time from the past",
        "The hand-in's time is no time, so that nothing can be read after it.",
        files={"timestamp.txt": "2026-99-99 99:99:99 /etc/passwd"},
    ),
    Attack(
        "a time beyond all time",
        "The hand-in's time overflows every clock.",
        files={"timestamp.txt": "9999-12-31 23:59:59 -999999999999"},
    ),
    Attack(
        "other notebooks",
        "Beside the notebook lie others: a neighbour's name, the solution's, one that says 72.",
        files={"000 neighbour 0.ipynb": "{}", "solution.ipynb": "{}", "01-layers-and-blocks-copy.ipynb": "[" * 100_000},
    ),
]
