# The service with the content of content/ and its index: starts at once, reads only, writes nothing.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ONLY_BINARY=:all: \
    PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /opt/venv
WORKDIR /src
COPY requirements.lock ./
RUN python -m pip --python /opt/venv install --require-hashes --requirement requirements.lock
# The build backend, by its hash too: the package is then built without asking for anything else.
COPY requirements-dev.lock ./
RUN python -m pip install --require-hashes --requirement requirements-dev.lock
COPY pyproject.toml LICENSE README.md ./
COPY contentapi contentapi
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && python -m pip --python /opt/venv install --no-deps --no-index /tmp/wheel/*.whl


FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="contentapi" \
      org.opencontainers.image.description="A headless content API over a folder of Markdown" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/venv/bin:$PATH
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY content content
# How it runs; `docker run --env` says otherwise. Another folder mounted at /app/content wants an index of its own:
# CONTENTAPI_INDEX in a volume, and CONTENTAPI_WATCH=true to follow it.
ENV CONTENTAPI_FOLDER=/app/content \
    CONTENTAPI_INDEX=/app/index/content.db \
    CONTENTAPI_WATCH=false \
    CONTENTAPI_HOST=0.0.0.0 \
    CONTENTAPI_PORT=8000
# Owned by root and readable by all: the service cannot change what it serves.
RUN contentapi index
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['CONTENTAPI_PORT'] + '/livez', timeout=2)"]
CMD ["contentapi", "serve"]
