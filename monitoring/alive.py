"""``python -m monitoring.alive PORT``: exit status 0 if the site on this machine is ready.

For the health check of a container, where there is neither curl nor wget.
"""

from __future__ import annotations

import os
import sys
import urllib.request


def ready(port: int) -> bool:
    """Whether /readyz says so within five seconds, asked under the site's own name."""
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    url = f"http://127.0.0.1:{port}/readyz"
    request = urllib.request.Request(url, headers={"Host": name})  # noqa: S310  (our own address)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  (ours)
            return answer.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if ready(int(sys.argv[1])) else 1)
