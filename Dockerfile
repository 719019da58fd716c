# Two stages: the first installs from wheels, the second carries only what runs.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements/run.txt requirements/build.txt requirements/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements/run.txt -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY migrations/ migrations/
COPY src/ src/
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index . \
    && /opt/venv/bin/pip uninstall --yes hatchling

FROM python:3.13-slim
LABEL org.opencontainers.image.title="inquiry-router" \
      org.opencontainers.image.description="One front door for customer inquiries" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin router
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OPENBLAS_NUM_THREADS=1 \
    INQUIRY_ROUTER_HOST=0.0.0.0 \
    INQUIRY_ROUTER_PORT=8000 \
    INQUIRY_ROUTER_DATABASE_URL=sqlite:////data/inquiries.db \
    INQUIRY_ROUTER_ADMIN_KEY_FILE=/data/admin.key \
    INQUIRY_ROUTER_PHONE_DIR=/data/phone \
    INQUIRY_ROUTER_LOG_FORMAT=json
# Everything outside /data may be read-only: run with --read-only --tmpfs /tmp.
VOLUME /data
WORKDIR /data
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
ENTRYPOINT ["inquiry-router"]
CMD ["serve", "--migrate"]
