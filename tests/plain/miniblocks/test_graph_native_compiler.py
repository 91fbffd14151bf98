"""The C compiler and the cache of what it built: without one, with one that fails, and what is never loaded."""

import os
import stat
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from miniblocks import graph, nd
from miniblocks.graph.backends.native import NativeProgram, NativeWarning, compiler

SOURCE = "int answer(void) { return 42; }\n"
FORGED = "int answer(void) { return 666; }\n"


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """An empty cache, nothing loaded, nothing told."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(compiler, "_libraries", {})
    monkeypatch.setattr(NativeProgram, "told", set())
    return tmp_path / "cache" / "blocks-from-inside" / "native"


def doubled():
    return graph.trace(lambda x: x * 2 + 1, nd.ones((3,)))


def falls_back(match):
    """The program is right all the same, and says once why it is not native."""
    with pytest.warns(NativeWarning, match=match) as told:
        programs = [graph.compile(doubled(), backend="native") for _ in range(3)]
    assert len([w for w in told if w.category is NativeWarning]) == 1
    for program in programs:
        assert not program.is_native and program.code.startswith("def run(")
        np.testing.assert_array_equal(program(nd.array([0.0, 1.0, 2.0])).asnumpy(), [1, 3, 5])


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


# -- without a compiler -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("fresh")
def test_without_a_compiler_a_graph_runs_in_python_and_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    falls_back("no C compiler was found .*cc, gcc, clang.*apt install gcc libc6-dev")


@pytest.mark.usefixtures("fresh")
def test_a_compiler_that_fails_is_quoted(monkeypatch, tmp_path):
    monkeypatch.setenv("CC", str(script(tmp_path / "cc", "echo 'math.h: fatal error: no such file' >&2; exit 1")))
    falls_back("cc failed: math.h: fatal error: no such file")


def test_a_compiler_that_builds_no_library_leaves_none_behind(monkeypatch, tmp_path, fresh):
    monkeypatch.setenv("CC", str(script(tmp_path / "cc", "exit 0")))
    falls_back("cannot be loaded")
    assert list(fresh.iterdir()) == []


@pytest.mark.usefixtures("fresh")
def test_a_compiler_that_cannot_be_run_is_named(monkeypatch, tmp_path):
    path = tmp_path / "cc"
    path.write_bytes(b"\x7fELF no program")
    path.chmod(0o700)
    monkeypatch.setenv("CC", str(path))
    falls_back("cc could not be run|cc failed")


def test_where_nothing_is_left_for_c_no_compiler_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("error", NativeWarning)
        program = graph.compile(graph.trace(lambda x: x.argmax(axis=0), nd.ones((3, 2))), backend="native")
    np.testing.assert_array_equal(program(nd.array([[1.0, 3.0], [2.0, 0.0], [0.0, 1.0]])).asnumpy(), [1, 0])


# -- the cache ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("native", "fresh")
class TestCache:
    def test_what_was_built_is_not_built_again(self, fresh, monkeypatch):
        assert compiler.load(SOURCE).answer() == 42
        (library,) = fresh.iterdir()
        assert stat.S_IMODE(fresh.stat().st_mode) == 0o700 and stat.S_IMODE(library.stat().st_mode) == 0o700
        monkeypatch.setattr(compiler, "_libraries", {})
        monkeypatch.setattr(compiler, "_build", None)  # whoever builds fails
        assert compiler.load(SOURCE).answer() == 42

    def test_another_source_compiler_or_processor_makes_another_library(self, fresh, monkeypatch, tmp_path):
        compiler.load(SOURCE)
        compiler.load(FORGED)
        monkeypatch.setattr(compiler, "_processor", lambda: ("another",))
        compiler.load(SOURCE)
        monkeypatch.setenv("CC", str(script(tmp_path / "mine", f'exec "{compiler.find()}" "$@"')))
        compiler.load(SOURCE)
        assert len(list(fresh.iterdir())) == 4

    def test_what_is_ones_own_is_believed(self, fresh):
        """The tests below would notice: a library in the place of another is loaded, if nobody else could have put it there."""
        self.forged(fresh)
        assert compiler.load(SOURCE).answer() == 666

    @pytest.mark.parametrize("mode", [0o722, 0o772, 0o777])
    def test_a_file_that_others_may_write_is_not_loaded(self, fresh, mode):
        self.forged(fresh).chmod(mode)
        assert compiler.load(SOURCE).answer() == 42

    def test_a_file_of_somebody_else_is_not_loaded(self, fresh, monkeypatch):
        self.forged(fresh)
        me = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: me + 1)  # so that all there is belongs to another
        assert compiler.load(SOURCE).answer() == 42
        assert compiler.cache_folder() != fresh

    def test_a_link_to_a_library_is_not_loaded(self, fresh, tmp_path):
        path = self.forged(fresh)
        path.rename(tmp_path / "forged.so")
        path.symlink_to(tmp_path / "forged.so")
        assert compiler.load(SOURCE).answer() == 42
        assert not path.is_symlink()

    @pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
    def test_a_folder_that_others_may_write_is_not_used(self, fresh, mode):
        self.forged(fresh)
        fresh.chmod(mode)
        assert compiler.load(SOURCE).answer() == 42
        assert compiler.cache_folder() != fresh and stat.S_IMODE(compiler.cache_folder().stat().st_mode) == 0o700

    def test_a_folder_that_is_a_link_is_not_used(self, fresh, tmp_path):
        self.forged(fresh)
        fresh.rename(tmp_path / "elsewhere")
        fresh.symlink_to(tmp_path / "elsewhere")
        assert compiler.load(SOURCE).answer() == 42

    def test_where_there_can_be_no_cache_libraries_are_built_all_the_same(self, monkeypatch, tmp_path):
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        assert compiler.load(SOURCE).answer() == 42

    def test_the_cache_does_not_grow_for_ever(self, fresh, monkeypatch):
        monkeypatch.setattr(compiler, "KEPT", 2)
        for i in range(4):
            assert compiler.load(f"int answer(void) {{ return {i}; }}").answer() == i
        assert len(list(fresh.iterdir())) == 2

    def test_processes_that_build_the_same_at_once_do_not_meet(self, fresh):
        """Both build, neither loads half a library, and nothing is left over."""
        code = (
            "import sys; from miniblocks.graph.backends.native import compiler; print('ready', flush=True); "
            f"sys.stdin.readline(); print([compiler.load({SOURCE!r} + f'// {{i}}').answer() for i in range(5)])"
        )
        both = [
            subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for process in both:
            assert process.stdout.readline() == "ready\n"
        for process in both:
            process.stdin.write("\n")
            process.stdin.flush()
        assert [process.communicate()[0] for process in both] == ["[42, 42, 42, 42, 42]\n"] * 2
        assert {path.suffix for path in fresh.iterdir()} == {".so"} and len(list(fresh.iterdir())) == 5

    def forged(self, fresh) -> Path:
        """Another library in the place of the one that `SOURCE` would make; alone in the cache. (What a process has loaded from a path it keeps.)"""
        compiler.load(FORGED)
        (other,) = fresh.iterdir()
        return other.rename(fresh / f"{compiler.digest_of(SOURCE, compiler.find())}.so")
