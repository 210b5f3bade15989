# Two stages on one base: the first has pip and the sources, the second only what runs.
# Any Debian with Python 3.11 or newer and its venv module will do as a base.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/watcher
COPY requirements.lock ./
RUN /opt/watcher/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE sources.toml ./
COPY watcher watcher
COPY alerts alerts
RUN /opt/watcher/bin/pip install --no-cache-dir --no-deps . \
    && /opt/watcher/bin/pip uninstall --yes pip

FROM ${BASE}
RUN groupadd --gid 10001 watcher \
    && useradd --uid 10001 --gid watcher --no-create-home --home-dir /data --shell /usr/sbin/nologin watcher \
    && install --directory --owner=watcher --group=watcher --mode=0700 /data
COPY --from=build /opt/watcher /opt/watcher
COPY sources.toml /etc/habeas-watch/sources.toml
ENV PATH=/opt/watcher/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WATCHER_SOURCES=/etc/habeas-watch/sources.toml \
    WATCHER_DATA=/data \
    WATCHER_HTTP=0.0.0.0:8000
WORKDIR /data
VOLUME /data
EXPOSE 8000
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["watcher", "run"]
