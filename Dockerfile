# Two images from one file. The last stage, `production`, is the provider and what `docker build .` makes; `demo` adds
# the relying party of compose.yaml: `docker build --target demo .`

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages carry Node.js for machines with another version; this image has it. No package needs its install
# script: argon2 brings its prebuilt libraries.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim AS demo-dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim AS sources
WORKDIR /app
COPY src src
RUN rm -rf src/demo

FROM node:24-slim AS base
# IDP_DATA_DIR is used by the embedded database only, that is without DATABASE_URL: then mount a volume there.
ENV NODE_ENV=production \
    IDP_HOST=0.0.0.0 \
    IDP_PORT=3000 \
    IDP_MANAGEMENT_HOST=0.0.0.0 \
    IDP_MANAGEMENT_PORT=9000 \
    IDP_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY sql sql
COPY templates templates
COPY interactions interactions
COPY --from=sources /app/src src
RUN ln -s /app/src/cli/esante-idp.ts /usr/local/bin/esante-idp \
    && install -d -o node -g node -m 700 /data
# Memory (README.md, « Memory »): glibc would keep the 19 MiB of a password hash once for every thread; in one arena it
# keeps them for the hashes that run at once, and neither gives them back nor takes them anew for each. A hash jumps about in
# them: in huge pages, where the kernel has them on request (madvise), it takes a tenth less.
ENV MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=33554432 \
    MALLOC_TRIM_THRESHOLD_=134217728 \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    NODE_COMPILE_CACHE=/app/.compile-cache
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
STOPSIGNAL SIGTERM

FROM base AS demo
COPY --from=demo-dependencies /app/node_modules/openid-client node_modules/openid-client
COPY --from=demo-dependencies /app/node_modules/oauth4webapi node_modules/oauth4webapi
COPY src/demo src/demo
EXPOSE 4000
CMD ["node", "src/demo/portal.ts"]

FROM base AS compile-cache
# What Node.js makes of each file is kept, by a start that its settings end: the program that takes the types out needs no
# memory in the running process then. Another model of processor, or another user, makes Node.js do without.
RUN export NODE_COMPILE_CACHE=/tmp/compile-cache; \
    node src/pug/compile.ts > /dev/null && \
    IDP_PORT=none node src/main.ts 2>&1 | grep IDP_PORT && test -n "$(find /tmp/compile-cache -type f)" \
    && chmod -R a+rX /tmp/compile-cache

FROM base AS production
# It is code: root's, so that the process cannot change it.
COPY --from=compile-cache /tmp/compile-cache .compile-cache
EXPOSE 3000 9000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s \
    CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.IDP_MANAGEMENT_PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# A young generation of 8 MB and a heap of 512 MB at most: left to itself V8 lets garbage pile up in proportion to the
# memory of the machine.
CMD ["node", "--max-semi-space-size=8", "--max-old-space-size=512", "src/main.ts"]
