# assay serve in a container: the small distribution (make dist) and nothing of the workshop. See docs/export.md.
#
#   make dist && docker build -t assay-scoring .
#   docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges -p 127.0.0.1:8000:8000 \
#     -v "$PWD/served:/model:ro" -v assay-predictions:/predictions assay-scoring
#
# /model is a folder with model.zip, an archive of `assay bundle export`. Mount the folder, not the file: a file that is
# moved into its place is then seen, and served.
#
# Pinned by tag: whoever builds should pin the digest too (docker buildx imagetools inspect python:3.13.7-slim-bookworm).
FROM python:3.13.7-slim-bookworm AS installed

WORKDIR /install
COPY requirements-scoring.lock ./
COPY dist/wheel.txt dist/*.whl ./
# Every package by hash. Compiled here, because nothing can be written later.
RUN python -m venv /opt/assay \
    && /opt/assay/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements-scoring.lock \
    && /opt/assay/bin/pip install --no-cache-dir --require-hashes --no-deps --no-index -r wheel.txt \
    && /opt/assay/bin/pip uninstall --yes pip

FROM python:3.13.7-slim-bookworm

# What LightGBM's library needs of the system. Debian drops old versions of a package, so a pinned one would break the build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin assay \
    && install --directory --owner assay --mode 0750 /predictions

COPY --from=installed /opt/assay /opt/assay

# One thread of OpenMP: requests run side by side.
ENV PATH=/opt/assay/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
USER 10001
WORKDIR /predictions
VOLUME /predictions
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
# SIGTERM answers what is running, and ends it. The key, if there is one: -e ASSAY_API_KEY, never in the image.
STOPSIGNAL SIGTERM
ENTRYPOINT ["assay"]
CMD ["serve", "--bundle", "/model/model.zip", "--host", "0.0.0.0", "--port", "8000", "--log", "/predictions"]
