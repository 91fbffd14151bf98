"""Products of matrices for generated C: BLAS, as it is in the process already.

torch's own library carries one (`sgemm_`, `dgemm_`), which keeps to torch's number of threads. Where a build of torch does not show
it, scipy hands out its own: the pointers of `scipy.linalg.cython_blas`, which are documented for uses like this one.
"""

from __future__ import annotations

import ctypes
from functools import cache

import torch

GEMM = {"float32": "sgemm", "float64": "dgemm"}


@cache
def gemm(dtype: str) -> int:
    """The address of BLAS's product of two matrices of this dtype ("float32" or "float64"), which takes 32-bit sizes."""
    try:
        function = getattr(ctypes.CDLL(torch._C.__file__), f"{GEMM[dtype]}_")
        return ctypes.cast(function, ctypes.c_void_p).value or 0
    except (AttributeError, OSError):
        return from_scipy(dtype)


def from_scipy(dtype: str) -> int:
    """The same of scipy's."""
    from scipy.linalg import cython_blas  # takes a moment, and most have no need of it

    capsule = cython_blas.__pyx_capi__[GEMM[dtype]]
    name, pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name.argtypes, name.restype = [ctypes.py_object], ctypes.c_char_p
    pointer.argtypes, pointer.restype = [ctypes.py_object, ctypes.c_char_p], ctypes.c_void_p
    return int(pointer(capsule, name(capsule)))
