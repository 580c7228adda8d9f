"""When the periodic jobs run. Every crontab names its minute."""

from datetime import timedelta

from celery.schedules import crontab

EVERY_MINUTE = timedelta(minutes=1)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)

BEAT_SCHEDULE = {
    "cases.sweep": {"task": "portal.cases.tasks.sweep", "schedule": crontab(minute="*")},
    "cases.lapse": {"task": "portal.cases.tasks.lapse", "schedule": crontab(minute="*")},
    "cases.pause_overrun": {
        "task": "portal.cases.tasks.pause_overrun",
        "schedule": crontab(minute="*/10"),
    },
    "cases.absences": {"task": "portal.cases.tasks.tend_absences", "schedule": crontab(minute="*/5")},
    "cases.batches": {"task": "portal.cases.tasks.carry_on_batches", "schedule": crontab(minute="*")},
    "stations.notes": {"task": "stations.tasks.remind_of_notes", "schedule": crontab(minute="*/10")},
    "approvals.reviews": {
        "task": "approvals.tasks.open_reviews",
        "schedule": crontab(minute="15", hour="8"),
    },
    "approvals.vacancies": {
        "task": "approvals.tasks.alarm_vacancies",
        "schedule": crontab(minute="20", hour="8"),
    },
    "approvals.days": {"task": "approvals.tasks.count_days", "schedule": crontab(minute="*/5")},
    "funds.match": {"task": "funds.tasks.match_policies", "schedule": crontab(minute="10", hour="2")},
    "funds.tell": {"task": "funds.tasks.tell_of_policies", "schedule": crontab(minute="30", hour="8")},
    "funds.plans": {"task": "funds.tasks.tend_plans", "schedule": crontab(minute="25", hour="8")},
    "funds.budgets": {"task": "funds.tasks.serve_budgets", "schedule": crontab(minute="*/10")},
    "funds.results": {"task": "funds.tasks.apply_results", "schedule": crontab(minute="*/5")},
    "investment.idle": {
        "task": "investment.tasks.tend_idle_leads",
        "schedule": crontab(minute="35", hour="8"),
    },
    # Within the hours of intake: the three working days of the report count from the day of the return.
    "investment.activities": {
        "task": "investment.tasks.hold_activities",
        "schedule": crontab(minute="45", hour="16"),
    },
    "investment.bulletins": {
        "task": "investment.tasks.draft_bulletins",
        "schedule": crontab(minute="0", hour="8"),
    },
    "investment.commitments": {
        "task": "investment.tasks.remind_of_commitments",
        "schedule": crontab(minute="40", hour="8"),
    },
    "cases.scan": {"task": "portal.cases.tasks.scan_papers", "schedule": crontab(minute="*")},
    "cases.paper_expiry": {
        "task": "portal.cases.tasks.remind_of_papers",
        "schedule": crontab(minute="5", hour="8"),
    },
    "cases.unnamed_files": {
        "task": "portal.cases.tasks.remove_unnamed_files",
        "schedule": crontab(minute="50", hour="2"),
    },
    "notices.deliver": {"task": "portal.notices.tasks.deliver", "schedule": crontab(minute="*")},
    "trust.send_letters": {"task": "portal.trust.tasks.send_letters", "schedule": crontab(minute="*")},
    "ledgers.watch": {"task": "portal.ledgers.tasks.watch", "schedule": crontab(minute="*")},
    "ledgers.tidy": {"task": "portal.ledgers.tasks.tidy", "schedule": crontab(minute="10", hour="1")},
    "notices.post": {"task": "portal.notices.tasks.post", "schedule": crontab(minute="*")},
    "worktime.extend_calendar": {
        "task": "portal.worktime.tasks.extend_calendar",
        "schedule": crontab(minute="30", hour="0"),
    },
    "accounts.forget": {
        "task": "portal.accounts.tasks.forget",
        "schedule": crontab(minute="40", hour="3"),
    },
    "api.forget_answers": {"task": "portal.api.tasks.forget_answers", "schedule": crontab(minute="20")},
}
