"""What the processes beside the web server leave behind: signs of life, and which daily run is done."""

from django.db import models


class WorkerBeat(models.Model):
    """A worker's last sign of life. A worker that ends in order takes its row with it."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        ordering = ["worker_id"]

    def __str__(self) -> str:
        return f"{self.worker_id} on {self.host}"


class DailyRun(models.Model):
    """One command's run for one day: at most one scheduler gets to make it."""

    command = models.CharField(max_length=80)
    day = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=1)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-day", "command"]
        constraints = [models.UniqueConstraint(fields=["command", "day"], name="daily_run_once")]

    def __str__(self) -> str:
        return f"{self.command} for {self.day:%Y-%m-%d}"
