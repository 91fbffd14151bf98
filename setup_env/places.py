"""Where things lie."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "complete.json"
LOG = VENV / "setup.log"
LOCK = ROOT / "requirements.lock"
PYPROJECT = ROOT / "pyproject.toml"
BUILD = ROOT / "build"  # ignored by git
COURSE = ROOT / "course"
JUPYTER = ROOT / "setup_env" / "jupyter"  # settings of JupyterLab: no question about news lies over a lesson

WINDOWS = sys.platform == "win32"
PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def programs(venv: Path) -> Path:
    """The folder of a virtual environment that holds its Python and its commands."""
    return venv / ("Scripts" if WINDOWS else "bin")


def python(venv: Path = VENV) -> Path:
    return programs(venv) / ("python.exe" if WINDOWS else "python")


def site_packages(venv: Path = VENV) -> Path:
    if WINDOWS:
        return venv / "Lib" / "site-packages"
    return venv / "lib" / f"python{PYTHON_VERSION}" / "site-packages"


def base_python() -> str:
    """The Python to make environments with: never the one inside .venv, which may be deleted."""
    return getattr(sys, "_base_executable", None) or sys.executable


def child_environment() -> dict[str, str]:
    """The variables under which everything in .venv runs."""
    variables = dict(os.environ)
    variables.pop("PYTHONHOME", None)
    variables["VIRTUAL_ENV"] = str(VENV)
    variables["PATH"] = str(programs(VENV)) + os.pathsep + variables.get("PATH", "")
    variables["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, (str(JUPYTER), variables.get("JUPYTER_CONFIG_PATH")))
    )
    variables.setdefault("PYTHONUTF8", "1")  # Windows would read our files in its own code page
    return variables
