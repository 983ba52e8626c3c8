"""Views that are loaded when somebody first asks for them.

The addresses of the whole site are known from the first request on, since every page leads to
others; the code behind them is not. A worker starts with what its first page needs and takes the
rest as it is asked for. ``manage.py check`` loads all of it, so that nothing broken is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import import_module
from typing import Any

from django.core import checks
from django.urls import URLPattern, URLResolver, get_resolver


class View:
    """A view by the name of its module and its own; it is called, and asked for its marks, like
    the function it stands for."""

    def __init__(self, module: str, name: str):
        self.__module__, self.__name__, self.__qualname__ = module, name, name

    @cached_property
    def __wrapped__(self) -> Callable[..., Any]:
        """The function itself; ImportError or AttributeError if there is none."""
        return getattr(import_module(self.__module__), self.__name__)

    def __call__(self, *args, **kwargs):
        return self.__wrapped__(*args, **kwargs)

    def __getattr__(self, mark: str):
        # Addresses are built of functions alone: nothing has to be loaded to see that.
        if mark == "view_class" or mark.startswith("__"):
            raise AttributeError(mark)
        return getattr(self.__wrapped__, mark)


class Views:
    """A module of views: ``views("cards.views.lists").own`` is one of them."""

    def __init__(self, module: str):
        self._module = module

    def __getattr__(self, name: str) -> View:
        if name.startswith("_"):
            raise AttributeError(name)
        return View(self._module, name)


def views(module: str) -> Any:
    """The views of a module, none of them loaded."""
    return Views(module)


def load(patterns: list | None = None) -> Iterator[Callable[..., Any]]:
    """Every view of the site, loaded."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from load(each.url_patterns)
        elif isinstance(each, URLPattern):
            callback = each.callback
            yield callback.__wrapped__ if isinstance(callback, View) else callback


@checks.register(checks.Tags.urls)
def check(app_configs, **kwargs) -> list[checks.Error]:
    """Every address leads to a view that can be loaded."""
    try:
        found = [view for view in load() if not callable(view)]
    except (ImportError, AttributeError) as failed:
        return [checks.Error(f"A view cannot be loaded: {failed}", id="monitoring.E002")]
    return [checks.Error(f"No view: {view!r}", id="monitoring.E002") for view in found]
