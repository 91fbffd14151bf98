"""What doctor says: about downloads before they happen, and about what the machine lacks."""

import pytest

from miniblocks.graph.backends.native import compiler as native
from setup_env import doctor, downloads, environment, installer, machine
from setup_env.downloads import Download
from setup_env.problem import Problem


def report_of(*urls: str) -> dict:
    return {
        "install": [
            {
                "metadata": {"name": f"package{number}", "version": "1.0"},
                "download_info": {"url": url},
            }
            for number, url in enumerate(urls)
        ]
    }


@pytest.fixture
def planned(monkeypatch, tmp_path):
    """pip would fetch a local wheel with a blank in its path, one of known and one of unknown size."""
    wheel = tmp_path / "a folder" / "local.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"x" * 3_000_000)
    report = report_of(wheel.as_uri(), "https://index.example/known", "https://index.example/silent")
    monkeypatch.setattr(downloads, "dry_run", lambda folder: report)
    sizes = {"https://index.example/known": 5_000_000}
    monkeypatch.setattr(downloads, "head_request", lambda: sizes.get)
    return downloads.planned()


def test_sizes_come_from_the_disk_or_the_server_and_may_be_unknown(planned):
    assert [(one.name, one.size) for one in planned] == [
        ("package1", 5_000_000),
        ("package0", 3_000_000),
        ("package2", None),
    ]


def test_what_is_told_is_honest_about_what_is_not_known(planned):
    total, *each = downloads.told(planned)
    assert total == ("3 packages, 8.0 MB (of these 3.0 MB from files on this machine), and 1 whose size is not told")
    assert each[0].strip() == "5.0 MB  package1 1.0, download"
    assert "size unknown" in each[2]


def test_every_package_is_named():
    many = [Download(f"p{n}", "1", "https://x.example", n * 10_000) for n in range(30)]
    text = "\n".join(downloads.told(many))
    assert all(f"p{n}" in text for n in range(30))


def test_nothing_is_asked_where_venv_is_complete(monkeypatch, capsys):
    monkeypatch.setattr(environment, "is_complete", lambda: True)
    monkeypatch.setattr(machine, "why_no_cuda", lambda python: "no CUDA")
    monkeypatch.setattr(downloads, "planned", lambda: pytest.fail("asked"))
    assert doctor.examine([]) == 0
    assert "nothing will be downloaded" in capsys.readouterr().out


@pytest.fixture
def incomplete(monkeypatch, planned):
    monkeypatch.setattr(environment, "is_complete", lambda: False)
    monkeypatch.setattr(downloads, "planned", lambda: planned)


def test_downloads_are_named_where_it_is_not(incomplete, capsys):
    assert doctor.examine([]) == 0
    assert "fetches 3 packages" in capsys.readouterr().out


def test_no_network_is_a_finding_and_not_a_crash(incomplete, monkeypatch, capsys):
    def no_network():
        raise Problem("no network", "connect")

    monkeypatch.setattr(downloads, "planned", no_network)
    assert doctor.examine([]) == 1
    assert "cannot be told: no network: connect" in " ".join(capsys.readouterr().out.split())


def test_what_the_machine_lacks_and_what_follows(incomplete, monkeypatch, capsys):
    monkeypatch.setattr(machine, "why_no_sandbox", lambda: "no bubblewrap")
    monkeypatch.setattr(machine, "why_no_browser", lambda: "no Chromium")
    monkeypatch.setattr(machine, "why_no_compiler", lambda: "no C compiler")
    monkeypatch.setattr(machine, "why_no_cuda", lambda python: "no CUDA")
    doctor.examine([])
    said = " ".join(capsys.readouterr().out.split())
    assert "no bubblewrap: grading strangers' work refuses to run" in said
    assert "no Chromium; else browser tests skip" in said
    assert "no C compiler; else the graphs' backend native runs as the backend python" in said
    assert "no CUDA: everything runs on the CPU" in said


@pytest.mark.parametrize("there", [*native.NAMES, None])
@pytest.mark.parametrize("chosen", [None, "clang"])
def test_the_compiler_that_is_told_is_the_one_that_builds(there, chosen, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CC", chosen) if chosen else monkeypatch.delenv("CC", raising=False)
    if there:
        (tmp_path / there).write_text("#!/bin/sh")
        (tmp_path / there).chmod(0o755)
    try:
        found = native.find()
    except native.BuildError:
        found = None
    assert machine.compiler() == found
    assert (machine.why_no_compiler() is None) == (found is not None)


def test_a_configured_pip_is_named(monkeypatch, capsys):
    monkeypatch.setattr(installer, "pip_settings", lambda: ["PIP_FIND_LINKS"])
    doctor.tell_installer()
    assert "PIP_FIND_LINKS" in capsys.readouterr().out


def test_other_systems_have_no_sandbox(monkeypatch):
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    assert "Linux" in machine.why_no_sandbox.__wrapped__()
