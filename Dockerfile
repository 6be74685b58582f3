# The image of every process of a deployment; what a container does is the command it is started with.
# BASE is any Debian with Python 3.11 or newer and its venv module: python:3.13-slim, or one made by debootstrap.
ARG BASE=python:3.13-slim-bookworm

# --- the libraries, from the pinned and hashed list, as wheels alone: nothing is compiled
FROM ${BASE} AS libraries
COPY requirements/run.txt /tmp/run.txt
# A mirror is named in a pip.conf, and certificates of one's own in a file that it names as /run/secrets/certificates:
#   docker build --secret id=pip,src=pip.conf --secret id=certificates,src=certificates.pem .
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=certificates \
    --mount=type=cache,target=/var/cache/pip \
    python3 -m venv /opt/dossier/venv && \
    /opt/dossier/venv/bin/pip install --quiet --cache-dir /var/cache/pip --disable-pip-version-check --no-input --no-compile \
        --no-deps --require-hashes --only-binary :all: -r /tmp/run.txt && \
    /opt/dossier/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/dossier/venv/lib

# --- what runs
FROM ${BASE}
RUN apt-get update -q && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        fontconfig fonts-noto-cjk tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-osd && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log /var/cache/fontconfig/*
# The number is that of Elasticsearch's image too: a secret's file that only its owner may read serves both.
RUN groupadd --gid 1000 dossier && \
    useradd --uid 1000 --gid 1000 --no-create-home --home-dir /data --shell /usr/sbin/nologin dossier && \
    install -d -m 700 -o dossier -g dossier /data /scratch
COPY --from=libraries /opt/dossier/venv /opt/dossier/venv
COPY scripts/dossier.sh /opt/dossier/venv/bin/dossier
COPY archive /opt/dossier/app/archive
COPY ingest /opt/dossier/app/ingest
COPY schemes /opt/dossier/app/schemes
COPY search /opt/dossier/app/search
COPY webui /opt/dossier/app/webui
COPY workers /opt/dossier/app/workers
RUN /opt/dossier/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/dossier/app

ENV PATH=/opt/dossier/venv/bin:$PATH PYTHONPATH=/opt/dossier/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 TMPDIR=/scratch DOSSIER_DATA=/data DOSSIER_HOST=0.0.0.0 DOSSIER_LOG=json
WORKDIR /opt/dossier/app
USER dossier
VOLUME ["/data", "/scratch"]
EXPOSE 8400
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "webui.alive"]
CMD ["gunicorn", "--config", "python:webui.server", "webui.wsgi:make()"]
