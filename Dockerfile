# syntax=docker/dockerfile:1
#
# Image of the bellhop daemon: docs/deployment.md, docs/containerlab.md. CI has neither a container engine nor a registry
# and does not build it; `docker build -t bellhop .` does, and test/packaging/image.sh without a registry.
#
#   docker run --network host -v ./bellhop.yaml:/etc/bellhop/bellhop.yaml:ro bellhop
#   docker exec CONTAINER bellhop show summary

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

# Node without npm, yarn and headers: of the build stage only the program itself is copied.
FROM debian:bookworm-slim
# The copy of node may bind port 179 without root. The container must not drop NET_BIND_SERVICE, else the kernel
# refuses to start it. The directories belong to group root, so that root without DAC_OVERRIDE may write there too.
RUN --mount=type=bind,from=build,source=/usr/local/bin/node,target=/mnt/node \
    apt-get update \
 && apt-get install -y --no-install-recommends iproute2 libcap2-bin libstdc++6 tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --user-group --no-create-home --shell /usr/sbin/nologin bellhop \
 && cp /mnt/node /usr/local/bin/bellhop-node \
 && setcap cap_net_bind_service=+ep /usr/local/bin/bellhop-node \
 && install -d -m 0770 -o bellhop -g root /etc/bellhop /run/bellhop /var/cache/bellhop /var/lib/bellhop \
 && printf '#!/bin/sh\nexec /usr/local/bin/bellhop-node /opt/bellhop/bin/bellhop.js "$@"\n' > /usr/local/bin/bellhop \
 && chmod 0755 /usr/local/bin/bellhop

WORKDIR /opt/bellhop
COPY --from=build /src/package.json /src/CHANGELOG.md /src/LICENSE ./
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/bin ./bin
COPY --from=build /src/config ./config
COPY --from=build /src/dist ./dist

ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/var/cache/bellhop \
    BELLHOP_SOCKET=/run/bellhop/bellhop.sock
USER bellhop
EXPOSE 179
# Persisted routes, and which interface addresses are ours.
VOLUME /var/lib/bellhop
# Healthy while a session is established; also what `wait-for: healthy` of containerlab waits for.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["bellhop", "wait", "established", "--timeout", "0"]
# tini collects the killed children of exec checks and hooks, and passes signals on to bellhop.
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/bellhop-node", "/opt/bellhop/bin/bellhop.js"]
# A container that ends loses its links: a broken configuration is reported, and a fixed one waited for.
CMD ["run", "--log-format", "json", "--wait-for-config"]
