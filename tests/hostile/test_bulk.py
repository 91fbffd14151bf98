"""A learning platform's bulk download with hostile uploads in it, through `autograder collect`: the honest come in, nothing else does."""

import io
import os
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from functools import cache

import pytest

from tests.hostile.course import LESSON

NOTEBOOK = f"{LESSON}.ipynb"
MOODLE = "{}_{}_assignsubmission_file_/{}"
CANVAS = "{}_{}_900{}_{}"
ZEROS = 100 << 20  # more than any one file may have
MEMORY = 512 << 20  # what collecting may take; a million entries alone take more


def packed(files):
    """A zip in memory; a value that is a number stands for so many zeros."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            with archive.open(name, "w") as entry:
                if isinstance(content, int):
                    for _ in range(content >> 20):
                        entry.write(bytes(1 << 20))
                else:
                    entry.write(content)
    return target.getvalue()


def a_million_entries():
    """A zip whose list of files is all it has: a million names of nothing."""
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    listed = entry * 1_000_000
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(listed), 0, 0)
    return listed + end


def lying(content):
    """The bomb's entries declare ten bytes."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = changed.index(signature)
        changed[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    return bytes(changed)


@cache
def uploads():
    """A learner's own file → its content; a number of zeros where it is a number."""
    return {
        "zeros.ipynb": ZEROS,
        "bomb.zip": packed({NOTEBOOK: ZEROS}),
        "lies.zip": lying(packed({NOTEBOOK: ZEROS})),
        "entries.zip": a_million_entries(),
        "many.zip": packed({f"{n}.txt": b"x" for n in range(3000)}),
        "out.zip": packed(
            {
                "../../../../evil.ipynb": b"x",
                "/tmp/evil.ipynb": b"x",
                "C:\\evil.ipynb": b"x",
                "..\\..\\evil.ipynb": b"x",
            }
        ),
        "nested.zip": packed({"inner.zip": packed({"inner.zip": packed({NOTEBOOK: ZEROS})})}),
        "broken.zip": b"PK\x03\x04" + bytes(1000),
        "timestamp.txt": b"2000-01-01 00:00:00 UTC",
        "evil\x1b[2J\n.txt": b"x",
        "CON.txt": b"x",
        "a" * 250 + ".txt": b"x",
    }


def download(target, name_of, honest):
    """What the platform makes: honest work, each hostile upload, and what no platform writes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name_of.format("Ada", 1, 1 if "900" in name_of else NOTEBOOK, NOTEBOOK), honest)
        for number, (upload, content) in enumerate(uploads().items(), start=10):
            named = name_of.format(f"Mallory{number}", number, number if "900" in name_of else upload, upload)
            with archive.open(named, "w", force_zip64=True) as entry:
                for _ in range((content >> 20) if isinstance(content, int) else 0):
                    entry.write(bytes(1 << 20))
                entry.write(b"" if isinstance(content, int) else content)
        for path in (
            "../../evil.ipynb",
            "/evil.ipynb",
            "../../evil_99_assignsubmission_file_/x.ipynb",
            ".._7_assignsubmission_file_/x.ipynb",
        ):
            archive.writestr(path, "x")
        link = zipfile.ZipInfo(name_of.format("Linus", 5, 5 if "900" in name_of else NOTEBOOK, NOTEBOOK))
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(name_of.format("Zoe", 2, 2 if "900" in name_of else NOTEBOOK, NOTEBOOK), honest)


@pytest.mark.parametrize("platform", [MOODLE, CANVAS], ids=["moodle", "canvas"])
def test_the_honest_come_in_and_nothing_gets_out(ours, tmp_path, platform):
    course, _ = ours
    root = tmp_path / "course"
    shutil.copytree(course.root / "solutions", root / "solutions")
    shutil.copy(course.root / "nbgrader_config.py", root)
    honest = next(one.notebook for one in course.class_.values() if one.attack is None)
    download(tmp_path / "download.zip", platform, honest)
    before = set(tmp_path.iterdir())
    done = subprocess.run(
        [
            "sh",
            "-c",
            f'ulimit -d {MEMORY >> 10}; exec "$@"',
            "sh",
            sys.executable,
            "-m",
            "autograder",
            "collect",
            str(tmp_path / "download.zip"),
            LESSON,
        ],
        cwd=root,
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    came = {path.parts[-3]: path for path in (root / "submitted").rglob("*.ipynb")}
    assert {name for name in came if name.startswith(("Ada", "Zoe"))} == {n for n in came if "Mallory" not in n}
    assert len([n for n in came if n.startswith(("Ada", "Zoe"))]) == 2
    assert all(path.read_bytes() == honest for name, path in came.items() if name.startswith(("Ada", "Zoe")))
    assert set(tmp_path.iterdir()) == before and not [p for p in (*root.parents, root) if (p / "evil.ipynb").exists()]
    files = [path for path in (root / "submitted").rglob("*") if not path.is_dir()]
    assert not [path for path in files if path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < 200 << 20
    assert "\x1b" not in done.stderr
