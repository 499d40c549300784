#!/bin/sh
# Run by unit.sh in the booted system: the unit is started with a BIRD behind a link, and looked at in all that
# docs/deployment.md says of `systemctl`.
failed=0
check() { # WHAT COMMAND...: tried for a minute
  what=$1
  shift
  for _ in $(seq 60); do
    if "$@" > /tmp/last 2>&1; then
      echo "ok      $what"
      return
    fi
    sleep 1
  done
  echo "FAILED  $what"
  tail -5 /tmp/last
  failed=1
}
no() { ! "$@"; }
says() { # TEXT COMMAND...
  text=$1
  shift
  "$@" 2>&1 | grep -q -- "$text"
}
bird_has() { says "^$1" birdc -s /run/bird.ctl show route; }
journal() { says "$1" journalctl -u bellhop -o cat --no-pager; }
FILE=/etc/bellhop/bellhop.yaml

cat > /root/bird.conf <<'END'
router id 10.0.0.2;
protocol device {}
protocol bgp b1 {
  local as 65002; neighbor 10.0.0.1 as 65001; hold time 9; connect delay time 1; error wait time 1, 2;
  ipv4 { import all; export none; };
}
END
ip netns add peer
ip link add eth1 type veth peer name eth1 netns peer
ip addr add 10.0.0.1/24 dev eth1
ip link set eth1 up
ip -n peer addr add 10.0.0.2/24 dev eth1
ip -n peer link set eth1 up
ip netns exec peer bird -c /root/bird.conf -s /run/bird.ctl

cat > /root/bellhop.yaml <<'END'
as: 65001
router-id: 192.0.2.1
drain-on-stop: 1s
neighbors: [{ address: 10.0.0.2, peer-as: 65002, import: accept, export: accept, connect-retry: 1s, idle-hold-time: 1s }]
networks: [{ prefix: 203.0.113.0/24 }]
vips: [{ name: web, addresses: [198.51.100.7], interface: lo, checks: [{ exec: [/bin/true], interval: 1s }] }]
END
cd /home/op/bellhop || exit 1
cp config/systemd/bellhop.sysusers.conf /usr/lib/sysusers.d/bellhop.conf && systemd-sysusers
cp config/systemd/bellhop.service /etc/systemd/system/
install -D -m 0640 -g bellhop /root/bellhop.yaml $FILE
install -d -o bellhop -g bellhop /etc/bellhop/bellhop.d
systemctl daemon-reload

systemctl enable --now bellhop 2> /dev/null
check 'start: active, and port 179 is open' says '0.0.0.0:179 ' ss -ltn
check 'user bellhop, two capabilities' says '^CapEff:.*1400$' cat "/proc/$(systemctl show -p MainPID --value bellhop)/status"
check 'status: 1 of 1 sessions established' says '1 of 1 sessions' systemctl status bellhop
check 'the address of the VIP is on lo, its exec check runs' says 198.51.100.7/32 ip addr show lo
check 'BIRD has both routes' bird_has 198.51.100.7/32
bellhop announce 192.0.2.128/25 > /dev/null
check 'save writes to bellhop.d' bellhop save

sed -i s/65002/many/ $FILE
check 'reload with mistakes fails' no systemctl reload bellhop
check '  and the mistake is in the journal' journal '`many` is not an AS number'
check '  and the daemon goes on' bird_has 203.0.113.0/24
sed -i 's/many/65002/; s/203.0.113.0/203.0.112.0/' $FILE
systemctl reload bellhop
check 'reload announces the changed network' bird_has 203.0.112.0/24

systemctl kill --signal KILL bellhop
check 'killed: started again' says '^NRestarts=1$' systemctl show -p NRestarts bellhop
check '  with a session' says '1 of 1 sessions' systemctl status bellhop
check '  and routes' bird_has 198.51.100.7/32
systemctl kill --signal STOP --kill-who main bellhop
check 'hanging: ended by the watchdog' journal 'Watchdog timeout'
check '  and started again' says '^NRestarts=2$' systemctl show -p NRestarts bellhop
check '  with a session' says '1 of 1 sessions' systemctl status bellhop
check '  and routes' bird_has 198.51.100.7/32

systemctl stop bellhop
check 'stop: drained' journal 'drain: withdrawal with all peers'
check '  and ended with Cease' journal 'Cease/administrative-shutdown'
check '  and BIRD has no route of it' no bird_has 198.51.100.7/32
check '  and lo has no address of it' no says 198.51.100.7 ip addr show lo
sed -i s/65002/many/ $FILE
systemctl start bellhop 2> /dev/null
sleep 3
check 'a broken configuration is not tried again' says '^failed' systemctl is-failed bellhop
exit $failed
