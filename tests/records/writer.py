"""A process of its own that appends to the record: `python -m tests.records.writer N`. Every fourth transaction gives up."""

import sys

import django


def main(who: int) -> None:
    django.setup()
    from django.db import transaction

    from tests.records.people import list_problem

    for number in range(20):
        list_problem(number, object_type=f"of writer {who}")
        if number % 4 == 0:
            try:
                with transaction.atomic():
                    list_problem(number, action="gave up")
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                continue


if __name__ == "__main__":
    main(int(sys.argv[1]))
