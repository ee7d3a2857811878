"""Where a request comes from, forged headers disregarded."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address; behind proxies of ours, what the outermost of them saw.

    Each proxy appends the address that it saw to X-Forwarded-For, so only the last TRUSTED_PROXIES entries are ours; what stands
    before them was sent by the client. Without proxies, or with a header shorter than they make it, the connection's own address.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.TRUSTED_PROXIES
    seen = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if count < 1 or len(seen) < count:
        return direct
    try:
        return str(ipaddress.ip_address(seen[-count]))
    except ValueError:
        return direct
