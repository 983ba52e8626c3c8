"""``python -m tests.faults.people MONITORS EDITORS``: accounts with open sessions, as JSON."""

import json
import sys

import django


def main(monitors: int, editors: int) -> dict[str, list[str]]:
    """Role -> session keys of that many people of all regions."""
    django.setup()
    from monitoring.accounts.models import Role

    return {
        role: [_session(f"{role}-{number}", role) for number in range(how_many)]
        for role, how_many in ((Role.MONITOR, monitors), (Role.EDITOR, editors))
    }


def _session(name: str, role: str) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from monitoring.accounts.models import User
    from tests.factories import give_app

    user = User(username=name, role=role, all_regions=True)
    user.set_unusable_password()
    user.save()
    give_app(user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201
