"""Periodic jobs of funds. Fetch, call, return."""

from celery import shared_task

from funds import actions, matching
from portal import schedule
from portal.jobs.asking import begun
from portal.jobs.recording import recorded
from portal.worktime.now import now


@shared_task
def match_policies() -> int:
    """Find anew which policies fit whom."""
    return recorded("funds.match", schedule.DAILY, lambda: matching.match_all(now()))


@shared_task
def tell_of_policies() -> int:
    """Tell owners of policies that fit, and of windows that close."""
    return recorded("funds.tell", schedule.DAILY, lambda: matching.tell(now()))


@shared_task
def tend_plans() -> int:
    """Open the plan of the month; close what is paid."""
    return recorded("funds.plans", schedule.DAILY, lambda: actions.tend_plans(now()))


@shared_task
def serve_budgets() -> int:
    """Give claims that wait for money their turn."""
    return recorded("funds.budgets", 10 * schedule.EVERY_MINUTE, lambda: actions.serve_budgets(now()))


@shared_task
def apply_results() -> int:
    """Book what the bank has answered and nobody has booked to the end."""
    begun(apply_results)
    return recorded("funds.results", 5 * schedule.EVERY_MINUTE, lambda: actions.apply_results(now()))
