"""One code path through the numeric libraries on every x86-64 machine and for any number of threads.

OpenBLAS and NumPy choose their kernels by the processor, and the kernels differ in the last bits; so do sums that
are split over another number of threads. A variable that is set already is left alone.
"""

import os

PINNED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    # Threads that wait sleep. By default they spin, and where others compute too, a fit takes six times as long.
    "OMP_WAIT_POLICY": "PASSIVE",
    # What came after Haswell, in NumPy's names; it ignores those that the processor lacks.
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}


def pin() -> None:
    """Set the variables; to be called before NumPy is imported."""
    for name, value in PINNED.items():
        os.environ.setdefault(name, value)
