"""Every test draws the same numbers, alone and among others; generated C is compiled into a folder of the test run."""

import threading

import pytest

from miniblocks import nd
from miniblocks.graph.backends.native import NativeWarning, compiler


@pytest.fixture(autouse=True)
def seeded():
    nd.random.seed(0)


@pytest.fixture
def in_threads():
    """Calls `work(0)`, `work(1)`, … at the same time, each in a thread of its own, and waits for all."""

    def run(count, work):
        threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


@pytest.fixture(scope="session")
def native_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def native(monkeypatch, native_cache, recwarn):
    """A C compiler, and a test that fails where the backend `native` falls back to Python. Skips where there is none, or no whole one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(native_cache))
    try:
        compiler.load("#include <math.h>\n#include <stdint.h>\nint whole(void) { return 1; }\n")
    except compiler.BuildError as error:
        pytest.skip(str(error))
    yield
    assert [str(w.message) for w in recwarn if w.category is NativeWarning] == []
