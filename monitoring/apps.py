from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from monitoring import (
            durability,  # noqa: F401  (registers its check)
            health,
            replica,
        )

        if replica.configured():
            health.INFORMATION["replica"] = replica.watch.asked
