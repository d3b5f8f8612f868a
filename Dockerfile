# syntax=docker/dockerfile:1
# Both stages start from the same image, so that the virtual environment finds its interpreter again.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/build && python3 -m venv --without-pip /opt/triage
# Packages come from wherever pip is told to look. A site with an index of its own hands its pip.conf over
# as a build secret (--secret id=pip,src=pip.conf), which leaves no trace in the image.
COPY requirements/build.txt requirements/service.txt requirements/
# Every hash is checked here. Wheels are demanded but of the two that have none, which are built with what is pinned.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    /opt/build/bin/pip install --require-hashes --only-binary=:all: -r requirements/build.txt \
 && /opt/build/bin/pip wheel --require-hashes --only-binary=:all: --no-binary=dkimpy,pyspf --no-build-isolation \
    --no-deps --wheel-dir /dist -r requirements/service.txt
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /dist . \
 && /opt/build/bin/pip --python /opt/triage/bin/python install --no-deps --no-index /dist/*.whl

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="triage" \
      org.opencontainers.image.description="Inbound email triage for the State Treasury's IT support mailbox" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The numbers are fixed, so that files on a volume keep their owner from one image to the next.
RUN groupadd --gid 10001 triage \
 && useradd --no-log-init --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin triage \
 && install --directory --owner=10001 --group=10001 --mode=0750 /data
COPY --from=build /opt/triage /opt/triage
ENV PATH="/opt/triage/bin:${PATH}" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# config.toml is looked for here, and the paths in it count from here: the default database lies on the volume.
WORKDIR /data
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["triage", "healthcheck"]
ENTRYPOINT ["triage"]
CMD ["run"]
