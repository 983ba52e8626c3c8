"""A program with a token, as tests need one."""

from __future__ import annotations

from typing import Any

from django.test import Client

from monitoring.accounts import tokens
from monitoring.accounts.models import Token

PREFIX = "/api/v1/"


class Program:
    """Reads the site with a token of ``owner``, without cookies."""

    def __init__(self, owner, *scopes: str, **options: Any):
        self.client = Client()
        self.token: Token
        self.token, self.text = tokens.issue(
            owner,
            name="notebook",
            purpose="The yearly report",
            scopes=scopes or ("values", "cards"),
            **options,
        )

    def get(self, path: str, data: Any = None, **headers: str):
        """The answer below ``/api/v1/``; a whole address is taken as it is."""
        path = path.removeprefix("http://testserver")
        path = path if path.startswith("/") else PREFIX + path
        bearer = {"Authorization": f"Bearer {self.text}"}
        return self.client.get(path, data, headers={"Accept-Language": "en"} | bearer | headers)

    def rows(self, path: str, data: Any = None) -> list[dict[str, Any]]:
        """The rows of every page."""
        found, following = [], self.get(path, data)
        while True:
            assert following.status_code == 200, following.content
            page = following.json()
            found += page["results"]
            if page["next"] is None:
                return found
            following = self.get(page["next"])
