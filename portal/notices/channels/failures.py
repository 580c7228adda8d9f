"""What went wrong on the way out, as far as it decides what happens next."""

from __future__ import annotations

from portal.notices.models import Problem


class Failure(Exception):
    """A try that failed.

    `lasting`: no later try would do better, the delivery goes to the dead letters at once.
    `everybody`: the way itself is closed (server down, group asks to wait): this run stops using it.
    """

    def __init__(
        self, problem: Problem, said: str = "", *, lasting: bool = False, everybody: bool = False
    ) -> None:
        super().__init__(said or problem.value)
        self.problem, self.said = problem, said
        self.lasting, self.everybody = lasting, everybody
