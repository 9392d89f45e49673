"""One code path through the numeric libraries on every x86-64 machine and for any number of threads.

OpenBLAS and NumPy choose their kernels by the processor, and the kernels differ in the last bits. Sums that are split
over another number of threads differ too. A variable that is set already is not changed.
"""

import os

PINNED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    # Waiting threads sleep. By default they spin, and if other programs compute too, a fit takes six times as long.
    "OMP_WAIT_POLICY": "PASSIVE",
    # Features of processors newer than Haswell, in NumPy's names; it ignores those that the processor lacks.
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}


def pin() -> None:
    """Set the variables; must be called before NumPy is imported."""
    for name, value in PINNED.items():
        os.environ.setdefault(name, value)
