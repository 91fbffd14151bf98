"""The course's secret and the seeds drawn from it."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading import secret

KEY = bytes(range(32))
names = st.text(max_size=20)


@pytest.fixture
def make(tmp_path):
    def run(course="course", root=tmp_path / "course"):
        return secret.course_secret(course, root, tmp_path / "state")

    return run


def test_a_secret_is_made_once_and_is_private(make, tmp_path):
    assert make() == make()
    (file,) = (tmp_path / "state").iterdir()
    assert len(make()) == 32
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_graders_that_start_together_agree(make):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: make(), range(32)))) == 1


def test_courses_have_secrets_of_their_own(make):
    assert len({make("a"), make("b"), make("a/b"), make("../a"), make("")}) == 5


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_secret_that_others_can_read_is_refused(make, tmp_path, mode):
    make()
    (file,) = (tmp_path / "state").iterdir()
    file.chmod(mode)
    with pytest.raises(secret.BadSecret, match="chmod 600"):
        make()


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_secret_is_refused(make, tmp_path, content):
    make()
    (file,) = (tmp_path / "state").iterdir()
    file.write_bytes(content)
    with pytest.raises(secret.BadSecret):
        make()


@pytest.mark.skipif(os.name != "posix", reason="links are POSIX's")
def test_a_link_is_refused(make, tmp_path):
    make()
    (file,) = (tmp_path / "state").iterdir()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(secret.BadSecret):
        make()


def test_a_secret_inside_the_course_is_refused(make, tmp_path):
    with pytest.raises(secret.BadSecret, match="inside the course"):
        make(root=tmp_path)


def test_the_operator_chooses_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv(secret.VARIABLE, str(tmp_path / "chosen"))
    secret.course_secret("c", tmp_path / "course")
    assert (tmp_path / "chosen" / "c.secret").is_file()


@given(st.tuples(names, names, names), st.tuples(names, names, names))
def test_seeds_are_the_same_for_the_same_and_differ_for_others(one, other):
    assert (secret.seed(KEY, *one) == secret.seed(KEY, *other)) == (one == other)


@given(names, names, names)
def test_a_seed_is_the_hmac_of_rfc_2104(course, student, exercise):
    import json

    pad = KEY.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in pad) + json.dumps([course, student, exercise]).encode()).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in pad) + inner).digest()
    assert secret.seed(KEY, course, student, exercise) == int.from_bytes(outer[:8], "big")


def test_another_secret_gives_other_seeds():
    assert secret.seed(KEY, "c", "s", "e") != secret.seed(bytes(32), "c", "s", "e")
    with pytest.raises(secret.BadSecret):
        secret.seed(b"", "c", "s", "e")
