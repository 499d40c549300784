#!/bin/sh
# The systemd unit under a booted systemd: a Debian in systemd-nspawn, into which bellhop is installed as
# docs/deployment.md says. Behind test/packaging/image.sh, whose Debian and Node it takes. Needs root and
# systemd-container; says `ok` or `FAILED` for each thing that it looks at. Removes what it made except DIRECTORY.
#
#   sudo test/packaging/unit.sh DIRECTORY
set -eu
directory=$(cd "${1:?the directory of image.sh}" && pwd)
checkout=$(cd "$(dirname "$0")/../.." && pwd)
root=$directory/unit
machine=bellhop-unit-$$
arch=$(node -p process.arch)

if ! [ -e "$root/usr/local/bin/node" ]; then
  rm -rf "$root"
  cp -a "$directory/debian" "$root"
  cp /etc/resolv.conf "$root/etc/"
  chroot "$root" sh -c 'apt-get update && apt-get install -y --no-install-recommends \
    systemd systemd-sysv dbus iproute2 bird2 libstdc++6 && systemctl disable bird'
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -a "$directory/node/node_modules/npm" "$root/usr/local/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  cp "$directory/node/certificates" "$root/etc/npm-certificates"
  cp "$directory/node/node_modules/node-linux-$arch/bin/node" "$root/usr/local/bin/"
fi

# npm as a user of the machine has it; an own mount namespace for /proc and /dev, and for a version 2 of cgroups alone.
rm -rf "$root/home/op" && mkdir -p "$root/home/op/bellhop"
git -C "$checkout" archive HEAD | tar -x -C "$root/home/op/bellhop"
unshare --mount sh -ec "mount -t proc proc '$root/proc' && mount --rbind /dev '$root/dev' && exec chroot '$root' \
  env -i HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin NODE_EXTRA_CA_CERTS=/etc/npm-certificates \
  sh -ec 'cd /home/op/bellhop && npm ci && npm pack && npm install -g ./bellhop-*.tgz'" > "$directory/unit-npm.log" 2>&1

cp "$checkout/test/packaging/unit-checks.sh" "$root/root/"
unshare --mount --propagation private sh -ec "umount -R -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p /sys/fs/cgroup/$machine && echo \$\$ > /sys/fs/cgroup/$machine/cgroup.procs
  exec systemd-nspawn --quiet --boot --ephemeral --directory '$root' --machine $machine --register=no --keep-unit \
    --private-network --capability=CAP_NET_ADMIN --console=pipe" > "$directory/unit-boot.log" 2>&1 < /dev/null &
nspawn=$!
cleanup() {
  kill -TERM $nspawn 2> /dev/null || true
  wait $nspawn || true
  unshare --mount --propagation private sh -c "umount -R -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
    find /sys/fs/cgroup/$machine -depth -type d -exec rmdir {} +"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

init=
for _ in $(seq 60); do
  init=$(pgrep -P "$nspawn" -x systemd || true)
  inside="nsenter --target ${init:-0} --all env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root"
  [ -n "$init" ] && $inside systemctl is-system-running 2> /dev/null | grep -qE 'running|degraded' && break
  sleep 1
done
$inside sh /root/unit-checks.sh
