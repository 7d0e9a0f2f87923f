"""Which nameservers a local cluster has: names, regions, stripes, slots, addresses."""

from dataclasses import dataclass

REGIONS = ("eu-west", "us-east", "ap-south", "sa-east")
STRIPES = "abcd"


def stripe_domain(stripe):
    """Every stripe has a domain of its own, in a TLD of its own."""
    return f"quartet.sandbox-{stripe}"


@dataclass(frozen=True)
class Nameserver:
    name: str
    stripe: str
    slot: int
    region: str
    address: str

    @property
    def host_name(self):
        return f"{self.name}.{stripe_domain(self.stripe)}."


def nameservers(regions=4, per_region=2):
    """ns-1, ns-2, … region by region. ValueError: no delegation set could be formed.

    With four regions each is one stripe; with three, the last nameserver of each region is of the fourth stripe; with
    two, each region has two stripes; one region has all four.
    """
    _require(1 <= regions <= len(REGIONS), f"--regions must be 1 to {len(REGIONS)}")
    least = {1: 4, 2: 2, 3: 2, 4: 1}[regions]
    _require(
        least <= per_region <= 200, f"with --regions {regions}, --per-region must be {least} to 200: four nameservers make a set"
    )
    result, slots = [], dict.fromkeys(STRIPES, 0)
    for region in range(regions):
        for place in range(per_region):
            stripe = _stripe_of(regions, per_region, region, place)
            name, address = f"ns-{len(result) + 1}", f"127.77.{region + 1}.{place + 1}"
            result.append(Nameserver(name, stripe, slots[stripe], REGIONS[region], address))
            slots[stripe] += 1
    return result


def _stripe_of(regions, per_region, region, place):
    if regions == 4:
        return STRIPES[region]
    if regions == 3:
        return STRIPES[3] if place == per_region - 1 else STRIPES[region]
    if regions == 2:
        return STRIPES[2 * region + place % 2]
    return STRIPES[place % 4]


def _require(condition, message):
    if not condition:
        raise ValueError(message)
