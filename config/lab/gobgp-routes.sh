#!/bin/sh
# The 1,000 routes of GoBGP in the lab of bellhop.clab.yml: 10.102.0.0/28 to 10.102.62.112/28. Its configuration has
# no place for routes, and `gobgp mrt inject` of version 3 ends before all of them have arrived.
i=0
while [ "$i" -lt 1000 ]; do
  echo "10.102.$((i / 16)).$((i % 16 * 16))/28"
  i=$((i + 1))
done | xargs -P 4 -I PREFIX gobgp global rib add PREFIX origin igp nexthop 10.0.2.2
