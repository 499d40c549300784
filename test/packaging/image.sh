#!/bin/sh
# Builds the image of the Dockerfile without a registry: its two base images are made here, `debian:bookworm-slim` with
# debootstrap and `node:24-bookworm-slim` from that one and the npm packages of Node and npm. Needs root, podman,
# debootstrap, npm, and mirrors of Debian and npm. docs/deployment.md says what has been tried with the result.
#
#   sudo test/packaging/image.sh DIRECTORY            # storage and downloads; not in the checkout
#   sudo CONTAINERS_STORAGE_CONF=DIRECTORY/storage.conf podman run ... bellhop:latest
#
# Nothing is written elsewhere; remove DIRECTORY in the end (`podman system reset` first, which unmounts).
set -eu
directory=$(mkdir -p "${1:?where to, not in the checkout}" && cd "$1" && pwd)
checkout=$(cd "$(dirname "$0")/../.." && pwd)
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
release=$(sed -n 's/^FROM debian:\(.*\)-slim$/\1/p' "$checkout/Dockerfile")
arch=$(node -p process.arch)
node=$(sed -n 's/^FROM node:\([0-9]*\)-.*$/\1/p' "$checkout/Dockerfile")

cat > "$directory/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$directory/storage"
runroot = "$directory/run"
END
export CONTAINERS_STORAGE_CONF="$directory/storage.conf"

# Without what the image of Debian leaves out too: documentation, translations and the caches of apt.
debian=docker.io/library/debian:$release-slim
if ! podman image exists "$debian"; then
  rm -rf "$directory/debian"
  debootstrap --variant=minbase "$release" "$directory/debian" "$mirror"
  for path in doc man locale info; do
    rm -rf "$directory/debian/usr/share/$path"
    echo "path-exclude /usr/share/$path/*" >> "$directory/debian/etc/dpkg/dpkg.cfg.d/slim"
  done
  cat > "$directory/debian/etc/apt/apt.conf.d/slim" <<'END'
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Binary::apt-get::APT::Keep-Downloaded-Packages "false";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };
END
  rm -rf "$directory"/debian/var/cache/apt/* "$directory"/debian/var/lib/apt/lists/*
  tar -C "$directory/debian" -c . | podman import - "$debian"
fi

# npm of the registry behind a certificate of one's own: NODE_EXTRA_CA_CERTS, as for npm here.
if ! podman image exists "docker.io/library/node:$node-$release-slim"; then
  mkdir -p "$directory/node"
  npm install --prefix "$directory/node" --no-save --no-audit --no-fund "node-linux-$arch@$node" npm@11
  cat "${NODE_EXTRA_CA_CERTS:-/dev/null}" > "$directory/node/certificates"
  podman build --pull=never --network host -t "docker.io/library/node:$node-$release-slim" -f - "$directory/node" <<END
FROM $debian
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 && rm -rf /var/lib/apt/lists/*
COPY node_modules/node-linux-$arch/bin/node /usr/local/bin/node
COPY node_modules/npm /usr/local/lib/node_modules/npm
COPY certificates /etc/npm-certificates
ENV NODE_EXTRA_CA_CERTS=/etc/npm-certificates
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm --version
END
  podman tag "docker.io/library/node:$node-$release-slim" docker.io/library/node:$node-slim
fi

podman build --pull=never --network host --format docker -t bellhop:latest "$checkout"
podman images
