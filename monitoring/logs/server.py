"""gunicorn's own log in the form of all others; of requests the site tells, without addresses."""

from __future__ import annotations

import logging.config
import os

from gunicorn.glogging import Logger

from monitoring.logs.config import of_the_server


class ServerLog(Logger):
    """What ``logger_class`` of gunicorn names. ``--log-level`` holds as ever."""

    def setup(self, cfg) -> None:
        super().setup(cfg)
        logging.config.dictConfig(of_the_server(os.environ.get("LOG_FORMAT") or "json"))
        self.error_log.setLevel(self.loglevel)
