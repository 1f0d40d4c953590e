"""What is done for sign-ins by itself."""

from procrastinate.contrib.django import app

from .actions import forget_what_is_over


@app.task(name="company.forget_what_is_over", queueing_lock="company.forget_what_is_over")
def forget_over(timestamp: int = 0) -> None:
    forget_what_is_over()
