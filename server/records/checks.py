"""Plumbing around the guards: made again after every migrate, looked at by `check --database`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage
from django.core.checks import Warning as Doubt
from django.db import DEFAULT_DB_ALIAS, connections

from server.records import guards


def make_guards_again(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_rest: Any) -> None:
    """Receiver of post_migrate."""
    guards.make(connections[using])
    guards.forget()


def guards_stand(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_rest: Any
) -> list[CheckMessage]:
    """System check: every append-only table that exists has its triggers. A database without tables yet passes.

    Only a warning, because migrate, which mends it, runs the checks first. The hard stop is `guards.require`, before the
    first append.
    """
    found: list[CheckMessage] = []
    for alias in databases or []:
        found += [
            Doubt(f"The guard {name} is not there: the record could be changed.", hint="Run migrate.", id="records.W001")
            for name in guards.missing(connections[alias])
        ]
    return found
