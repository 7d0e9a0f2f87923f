"""The controller's file of registries (docs/registries.md) for a sandbox registry."""

import json
import os

from harness.registry import CLIENTS, ROOT

CONTACT = {
    "name": "Ada Example", "organisation": "Example", "street": ["Street 1"], "city": "Berlin", "postal-code": "10115",
    "country": "DE", "voice": "+49.301234567", "email": "ada@example.test",
}


def stanza(registry, folder, **others):
    """Of all TLDs of the registry; `others` are further fields, or other values (with _ for -)."""
    password = folder / "registry.password"
    with open(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(CLIENTS["ours"] + "\n")
    client = registry.client
    fields = {
        "tlds": registry.names(), "endpoint": f"{ROOT}:{registry.epp_port}", "ca": str(client.ca),
        "certificate": str(client.certificate), "key": str(client.key), "client": "ours", "password-file": str(password),
    }
    if any("thick" in tld.split(":")[1:] for tld in registry.tlds):
        fields["contacts"] = dict.fromkeys(("registrant", "admin", "tech", "billing"), "owner-1")
    return {**fields, **{name.replace("_", "-"): value for name, value in others.items()}}


def write(path, stanzas):
    """`stanzas` by name. JSON is YAML too."""
    text = json.dumps({"registries": stanzas, "contacts": {"owner-1": CONTACT}}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
