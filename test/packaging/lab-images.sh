#!/bin/sh
# Images for the labs of config/lab under the names that their files use, from packages of Debian instead of a registry,
# started in the way of the images that have these names. Behind test/packaging/image.sh, with its storage.
#
#   sudo test/packaging/lab-images.sh DIRECTORY
set -eu
export CONTAINERS_STORAGE_CONF="${1:?the directory of image.sh}/storage.conf"
lab=$(cd "$(dirname "$0")/../../config/lab" && pwd)
empty=$(mktemp -d)
trap 'rmdir "$empty"' EXIT

# NAME PACKAGES, the rest of a Dockerfile on the standard input.
image() {
  {
    echo 'FROM docker.io/library/debian:bookworm-slim'
    echo "RUN apt-get update && apt-get install -y --no-install-recommends $2 && rm -rf /var/lib/apt/lists/*"
    cat
  } | podman build -q --pull=never --network host -t "$1" -f - "$empty"
}

image ghcr.io/srl-labs/bird:2.13 'bird2 iproute2' <<'END'
RUN mkdir -p /run/bird
ENTRYPOINT ["/usr/sbin/bird", "-c", "/etc/bird.conf", "-d"]
END
image quay.io/frrouting/frr:10.5.1 'frr iproute2 tini' <<'END'
RUN printf '#!/bin/bash\nsource /usr/lib/frr/frrcommon.sh\n/usr/lib/frr/watchfrr $(daemon_list)\n' > /usr/lib/frr/docker-start \
 && chmod 0755 /usr/lib/frr/docker-start && mkdir -p /var/run/frr && chown -R frr:frr /etc/frr /var/run/frr
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["/usr/lib/frr/docker-start"]
END
image docker.io/openbgpd/openbgpd:latest 'openbgpd iproute2 tini' <<'END'
RUN mkdir -p /etc/bgpd /run/openbgpd
ENTRYPOINT ["/usr/bin/tini", "-g", "--"]
CMD ["bgpd", "-d", "-v", "-f", "/etc/bgpd/bgpd.conf"]
END
image ghcr.io/srl-labs/network-multitool:latest 'curl iproute2 iputils-ping tini' <<'END'
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["sleep", "infinity"]
END
podman build -q --pull=never --network host -t docker.io/bellhop-lab/gobgp:latest "$lab/gobgp"
