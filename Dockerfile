# syntax=docker/dockerfile:1
#
# Image of the bellhop daemon. The tests of the repository do not build it: CI has neither a container engine nor a
# registry. Build it by hand: docker build -t bellhop .
#
#   docker run --network host -v ./bellhop.yaml:/etc/bellhop/bellhop.yaml:ro bellhop
#   docker exec CONTAINER bellhop show summary
#
# In containerlab it is a node of `kind: linux`. Commands of `exec:` that change addresses need `user: root`.

FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
# A copy of node may bind port 179 without root; the node of other programs stays without the capability. The
# container must not drop NET_BIND_SERVICE, else the kernel refuses to start the copy.
RUN apt-get update \
 && apt-get install -y --no-install-recommends iproute2 libcap2-bin \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --user-group --no-create-home --shell /usr/sbin/nologin bellhop \
 && cp /usr/local/bin/node /usr/local/bin/bellhop-node \
 && setcap cap_net_bind_service=+ep /usr/local/bin/bellhop-node \
 && install -d -m 0750 -o bellhop -g bellhop /etc/bellhop /run/bellhop /var/cache/bellhop \
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
# The daemon answers, whatever its sessions do: a peer that is down is no reason to restart us.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["bellhop", "show", "summary", "--json"]
# Exec form: node is process 1 and gets the signals itself.
ENTRYPOINT ["/usr/local/bin/bellhop-node", "/opt/bellhop/bin/bellhop.js"]
CMD ["run", "--log-format", "json"]
