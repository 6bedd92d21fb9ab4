# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY lib ./lib
COPY gateway ./gateway
COPY cli ./cli
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/lib/accounts/frequent-passwords.json ./lib/accounts/
COPY package.json LICENSE ./
# Without the `--` Node takes the command's own `--env-file` for itself.
RUN printf '#!/bin/sh\nexec node -- /app/dist/cli/index.js "$@"\n' > /usr/local/bin/gatewarden \
  && chmod +x /usr/local/bin/gatewarden \
  && install -d -o node -g node -m 0700 /data

# Other machines reach it: GATEWARDEN_PUBLIC_URL must be given.
ENV NODE_ENV=production \
    GATEWARDEN_HOST=0.0.0.0 \
    GATEWARDEN_DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["node", "-e", "const { GATEWARDEN_PORT: port, GATEWARDEN_PREFIX: prefix } = process.env; fetch(`http://127.0.0.1:${/^\\d+$/.test(port) ? port : 8080}${prefix || '/_gatewarden'}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["gatewarden"]
CMD ["run"]
