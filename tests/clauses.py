"""pytest plugin: tests say which clause of the regulation they stand for, and the summary says how many clauses are covered.

`@pytest.mark.clause("17-1")` (several ids are allowed) on a test, class or module. An id that no clause has fails the collection.
Every process collects all tests, the workers of xdist too; what they saw travels to the controller, which prints the summary.
"""

from collections.abc import Generator

import pytest

from server.regulation.clauses import BY_ID, CLAUSES

_SEEN = pytest.StashKey[set[str]]()


def clause_ids(item: pytest.Item) -> list[str]:
    """The ids that a test is marked with, its class's and module's included."""
    return [str(clause_id) for mark in item.iter_markers("clause") for clause_id in mark.args]


def summary_line(seen: set[str]) -> str:
    """How many of the clauses built have a test, and how many clauses there are."""
    built = {clause.id for clause in CLAUSES if clause.built}
    return f"clauses covered: {len(seen & built)} of {len(built)} built ({len(CLAUSES)} in all)"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    seen = config.stash.setdefault(_SEEN, set())
    unknown: list[str] = []
    for item in items:
        for clause_id in clause_ids(item):
            if clause_id in BY_ID:
                seen.add(clause_id)
            else:
                unknown.append(f"{item.nodeid}: the regulation has no clause {clause_id!r}")
        if any(not mark.args for mark in item.iter_markers("clause")):
            unknown.append(f"{item.nodeid}: a clause mark without an id")
    if unknown:
        raise pytest.UsageError("\n".join(unknown))
    yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        seen = session.config.stash.get(_SEEN, set[str]())
        output["clauses"] = sorted(seen)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist's WorkerController, which is optional here
    config.stash.setdefault(_SEEN, set()).update(getattr(node, "workeroutput", {}).get("clauses", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    seen = config.stash.get(_SEEN, set[str]())
    if seen:
        terminalreporter.write_line(summary_line(seen))
        uncovered = [clause.id for clause in CLAUSES if clause.built and clause.id not in seen]
        if uncovered and config.getoption("verbose") > 0:
            terminalreporter.write_line(f"built without a test: {', '.join(uncovered)}")
