"""Zones and questions of the benchmark: three sets of zones, each one file that serves all names of the set."""

import random
from dataclasses import dataclass
from pathlib import Path

# Eight records; hosts come on top.
HEAD = """\
$TTL 300
@ 900 IN SOA ns1 hostmaster 1 7200 900 1209600 300
@ 172800 IN NS ns1
@ 172800 IN NS ns2
ns1 IN A 192.0.2.1
ns2 IN A 192.0.2.2
@ IN MX 10 mail
mail IN A 192.0.2.3
@ IN TXT "v=spf1 -all"
"""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class ZoneSet:
    """So many zones of so many hosts, and the files that were made of them."""

    name: str
    zones: int
    hosts: int
    folder: Path

    @property
    def zone_file(self):
        return self.folder / "zone"

    @property
    def zone_list(self):
        return self.folder / "zones.txt"

    def queries(self, kind):
        """A file of "name type" lines: `mix`, `flood` (names that do not exist, of one zone), `sweep` (each zone once)."""
        return self.folder / kind

    def zone_name(self, number):
        return f"zone{number:07d}.example"

    def zone_names(self):
        return map(self.zone_name, range(self.zones))


def make(name, zones, hosts, folder, queries):
    """Writes all files of a set; `queries`: how many of a mix."""
    folder.mkdir()
    zone_set = ZoneSet(name, zones, hosts, folder)
    addresses = (f"host{i} IN A 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}\n" for i in range(hosts))
    zone_set.zone_file.write_text(HEAD + "".join(addresses), encoding="ascii")
    write_lines(zone_set.zone_list, (f"{zone} {zone_set.zone_file.name}" for zone in zone_set.zone_names()))
    chance = random.Random(1)
    write_lines(zone_set.queries("mix"), (mixed_query(zone_set, chance) for _ in range(queries)))
    write_lines(zone_set.queries("flood"), (flood_query(zone_set, chance) for _ in range(queries)))
    write_lines(zone_set.queries("sweep"), (f"{zone} SOA" for zone in zone_set.zone_names()))
    return zone_set


def mixed_query(zone_set, chance):
    """80 % addresses that are there, then MX, NXDOMAIN, NODATA and NS, over all zones alike."""
    zone = zone_set.zone_name(chance.randrange(zone_set.zones))
    host, kind = chance.randrange(zone_set.hosts), chance.random()
    if kind < 0.80:
        return f"host{host}.{zone} A"
    if kind < 0.88:
        return f"{zone} MX"
    if kind < 0.93:
        return f"nope{host}.{zone} A"
    if kind < 0.97:
        return f"host{host}.{zone} AAAA"
    return f"{zone} NS"


def flood_query(zone_set, chance):
    return f"{''.join(chance.choices(LETTERS, k=12))}.{zone_set.zone_name(0)} A"


def write_lines(path, lines):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(line + "\n" for line in lines)
