# Node runs the TypeScript as written, so there is no build step: dependencies in one stage, the program beside them in the other.
# A tag moves. Before a release, write the digest behind it, as node:24-slim@sha256:…; this prints the one of today:
#   docker buildx imagetools inspect node:24-slim --format '{{.Manifest.Digest}}'
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8520 CF520_DATA=/data/cf520.sqlite
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
# The one folder that is written to: the root file system may be read-only.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8520
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1 and handles SIGTERM and SIGINT itself.
CMD ["node", "src/main.ts"]
