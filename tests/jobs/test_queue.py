"""A job and the data it is about: both are there, or neither, also when a job in the worker enqueues another."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from mainstay.jobs.queue import enqueue
from tests.working import waiting_jobs

DELIVER = "tickets.deliver"


class Undone(Exception):
    """Ends a transaction without a commit."""


@pytest.mark.django_db
def test_a_job_of_a_transaction_that_is_rolled_back_is_not_there() -> None:
    with pytest.raises(Undone), transaction.atomic():
        enqueue(DELIVER, message=1)
        assert waiting_jobs(DELIVER) == [{"message": 1}]
        raise Undone
    assert waiting_jobs(DELIVER) == []


@pytest.mark.django_db
def test_a_job_that_a_job_enqueues_belongs_to_its_transaction_too() -> None:
    """In the worker the app has another connector. A job enqueued through it would start before the data is committed."""
    workers_own = InMemoryConnector()
    with app.replace_connector(workers_own), pytest.raises(Undone), transaction.atomic():
        enqueue(DELIVER, message=1)
        assert waiting_jobs(DELIVER) == [{"message": 1}]
        raise Undone
    assert workers_own.jobs == {}
    assert waiting_jobs(DELIVER) == []
