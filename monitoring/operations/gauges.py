"""What is so at the moment of asking, as gauges; each room registers its own at start-up.

You add a gauge: ``gauges.register("zhinalys_…", "What it is.", read)`` in ``AppConfig.ready``;
``read`` gives the number, or a mapping from the values of the labels to numbers. What is not known
is left out, never 0. No label may name a person, a region, a place or a card: with small numbers a
count by region tells who worked when.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

logger = logging.getLogger("zhinalys.gauges")

Reading = float | int | None | Mapping[str | tuple[str, ...], float | int]
#: Labels that a gauge may have.
LABELS = frozenset({"check", "folder", "operation", "outcome", "state", "status", "version"})


@dataclass(frozen=True, slots=True)
class Gauge:
    """``read`` is called at most once in ``seconds`` by each worker."""

    name: str
    text: str
    read: Callable[[], Reading]
    labels: tuple[str, ...] = ()
    seconds: float = 0


GAUGES: dict[str, Gauge] = {}
#: Name -> (when it was read, what was read).
_read: dict[str, tuple[float, Reading]] = {}


def register(
    name: str,
    text: str,
    read: Callable[[], Reading],
    *,
    labels: tuple[str, ...] = (),
    seconds: float = 0,
) -> None:
    """Raises ValueError for a label that could tell of somebody."""
    if strange := set(labels) - LABELS:
        raise ValueError(f"{name}: no figure is told by {', '.join(sorted(strange))}")
    GAUGES[name] = Gauge(name, text, read, labels, seconds)
    _read.pop(name, None)


def text() -> bytes:
    """Every gauge in the format of Prometheus; one that cannot be read is named in
    ``zhinalys_gauge_failed`` and costs the others nothing."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Readings())
    return generate_latest(registry)


def readings() -> Iterator[tuple[Gauge, Reading, bool]]:
    """Each gauge, what it says now, and whether it could be read."""
    for gauge in GAUGES.values():
        try:
            yield gauge, _value(gauge), True
        except Exception:
            logger.exception("a gauge cannot be read", extra={"gauge": gauge.name})
            yield gauge, None, False


class _Readings:
    def collect(self):
        from prometheus_client.core import GaugeMetricFamily

        failed = GaugeMetricFamily(
            "zhinalys_gauge_failed", "Gauges without an answer.", None, ["gauge"]
        )
        for gauge, value, good in readings():
            if not good:
                failed.add_metric([gauge.name], 1)
                continue
            family = GaugeMetricFamily(gauge.name, gauge.text, None, gauge.labels)
            for labels, number in _rows(value):
                family.add_metric(labels, number)
            yield family
        yield failed


def _value(gauge: Gauge) -> Reading:
    now = time.monotonic()
    at, value = _read.get(gauge.name, (None, None))
    if at is None or now - at >= gauge.seconds:
        value = gauge.read()
        _read[gauge.name] = (now, value)
    return value


def _rows(value: Reading) -> Iterator[tuple[list[str], float]]:
    if isinstance(value, Mapping):
        for labels, number in value.items():
            yield [labels] if isinstance(labels, str) else list(labels), float(number)
    elif value is not None:
        yield [], float(value)
