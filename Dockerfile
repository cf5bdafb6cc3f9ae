# One image for web, worker, beat and migrations; compose.yaml gives each its command.
FROM python:3.11-slim AS build
ENV PYTHONDONTWRITEBYTECODE=1 UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
COPY requirements-uv.txt requirements.txt /src/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /src/requirements-uv.txt \
    && python -m venv --without-pip /venv \
    && uv pip install --no-cache --python /venv/bin/python --require-hashes -r /src/requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DATA_DIR=/data LOG_FORMAT=json
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin shanzhi \
    && install -d -o shanzhi -g shanzhi -m 0750 /data
COPY --from=build /venv /venv
COPY . /app
WORKDIR /app
USER shanzhi
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "asginl", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--backpressure", "1024", "--http1-header-read-timeout", "10000", "--respawn-failed-workers", "--no-ws", \
     "governance.asgi:application"]
