from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from cards import files, guards
        from monitoring import health
        from monitoring.jobs import upkeep
        from reports import listening, models, stamp, watch

        # Where a migration left no trigger on the facts of months, their sums are made anew.
        post_migrate.connect(listening.after_migrations, sender=self, dispatch_uid="reports.years")
        post_migrate.connect(stamp.after_migrations, sender=self, dispatch_uid="reports.stamp")
        post_migrate.connect(
            listening.columns_after_migrations, sender=self, dispatch_uid="reports.columns"
        )
        health.READY["stamp"] = stamp.complete
        health.READY["columns"] = listening.columns_complete
        upkeep.WORK.append(listening.pack_columns)
        watch.register()

        # A kind of file to load, for whoever loads files.
        files.BROUGHT.append("reports.uploads")

        # What was frozen stays, and who changed a printed figure: rows are only added to these.
        added = (models.Freeze, models.FrozenFile, models.PublishedChange)
        kept = (models.Edition, models.ChapterText, models.Box, models.BoxText)
        guards.keep(
            *(model._meta.db_table for model in kept),
            only_added=tuple(model._meta.db_table for model in added),
        )
