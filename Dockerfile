# Every image of this repository.
#   an app:         docker build --build-arg APP=subgraphs/orders -t tally/orders .
#   database jobs:  docker build --target migrate -t tally/migrate .
# A tag can be moved to other contents: CI resolves it once and passes --build-arg NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:….
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# The package.json files alone, so that what is installed stays cached until one of them or the lock changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /source
COPY . .
RUN mkdir /manifests && find . -name package.json -exec cp --parents {} /manifests ';' && cp package-lock.json .npmrc /manifests

FROM ${NODE_IMAGE} AS built
ENV CHECKPOINT_DISABLE=1 npm_config_update_notifier=false
WORKDIR /build
COPY --from=manifests /manifests ./
RUN npm ci
COPY . .
RUN npm run generate

# What an image holds is decided by packages/toolchain/src/images, which a test runs without a container engine.
FROM built AS app-files
ARG APP
RUN npm run image -- "${APP}" /image

FROM built AS migrate-files
RUN npm run image -- migrate /image

# Node alone: package managers are for those who build.
FROM ${NODE_IMAGE} AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
  && groupadd --gid 10001 tally \
  && useradd --uid 10001 --gid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin tally
ENV NODE_ENV=production HOST=0.0.0.0 APOLLO_TELEMETRY_DISABLED=true CHECKPOINT_DISABLE=1
WORKDIR /app

FROM runtime AS migrate
COPY --from=migrate-files /image/ ./
ARG VERSION=0.1.0
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="tally/migrate" \
  org.opencontainers.image.description="Database jobs: bootstrap, migrations, demo data." \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${COMMIT}"
USER 10001:10001
CMD ["node", "packages/embedded/src/db-migrate.ts", "--all"]

FROM runtime AS app
ARG APP
COPY --from=app-files /image/ ./
WORKDIR /app/${APP}
ARG VERSION=0.1.0
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="tally/${APP}" \
  org.opencontainers.image.description="An app of Tally." \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${COMMIT}"
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/healthcheck.ts"]
CMD ["node", "--disable-warning=TimeoutNegativeWarning", "src/main.ts"]
