"""A stage for live cases: moments in working time before the present, people, and the order of things.

Domains write stories as generators: `yield moment`, then act with `story.now`. All stories are played
together in order of time, with the sweep running between, as if the park had been at work.
"""

from __future__ import annotations

import heapq
import struct
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from portal.accounts.models import User
from portal.cases import watch
from portal.park.acting import Actor
from portal.park.models import Enterprise
from portal.worktime.clock import ZONE, Calendar, at, local

Story = Generator[datetime, None, None]
SWEEPS = (time(8, 35), time(10), time(11, 30), time(14), time(15, 30), time(17, 40))
TWICE_A_DAY = (time(8, 35), time(17, 40))  # for stories that go back a long way
ROOM = timedelta(hours=2)  # the last two hours of service lie on one day


class Stage:
    """Where the stories of one domain are played.

    `beside` are its own jobs, which run with the sweep; `sweeps` the times of a working day at which it runs.
    """

    def __init__(
        self,
        now: datetime,
        beside: Sequence[Callable[[datetime], object]] = (),
        sweeps: Sequence[time] = SWEEPS,
    ) -> None:
        self.beside, self.sweeps = beside, sweeps
        self.present = now
        self.now = now
        self.calendar = Calendar.current()
        self.anchor = self._anchor(now)
        self._stories: list[Callable[[], Story]] = []
        self._seen = 0
        self._played = datetime.min.replace(tzinfo=ZONE)

    def _anchor(self, now: datetime) -> datetime:
        """The present, or where it lies outside service the last afternoon before it."""
        here, hours = local(now), self.calendar.hours
        opens = at(here.date(), hours.opens_at)
        if self.calendar.is_working(here.date()) and opens + ROOM <= here:
            return min(here, at(here.date(), hours.closes_at) - timedelta(minutes=10))
        before = self.calendar.ordinal(here.date() - timedelta(days=1))
        return at(self.calendar.working_date(before), hours.closes_at) - timedelta(minutes=10)

    def working_day(self, before: int) -> date:
        """The working day so many before the last one; ahead of it when negative."""
        return self.calendar.working_date(self.calendar.ordinal(self.anchor.date()) - before)

    def day(self, before: int, clock: str) -> datetime:
        """A time of day, so many (at least one) working days before the last one."""
        day = self.working_day(before)
        hour, minute = clock.split(":")
        return at(day, time(int(hour), int(minute)))

    def minutes(self, before: int) -> datetime:
        """At most two hours ago, in service hours."""
        return self.anchor - timedelta(minutes=before)

    def tell(self, story: Callable[[], Story]) -> None:
        self._stories.append(story)

    def play(self) -> int:
        """Play all stories to the present; how many there were."""
        waiting: list[tuple[datetime, int, Story]] = []
        for begin in self._stories:
            self._push(waiting, begin())
        first = waiting[0][0] if waiting else self.present
        sweeps = self._sweeps(first)
        sweep = next(sweeps)
        while waiting:
            if waiting[0][0] > sweep:
                self._sweep(sweep)
                sweep = next(sweeps)
                continue
            moment, _order, story = heapq.heappop(waiting)
            self.now = self._played = moment
            self._push(waiting, story)
        while sweep < self.present:
            self._sweep(sweep)
            sweep = next(sweeps)
        self._sweep(self.present)
        return len(self._stories)

    def _push(self, waiting: list[tuple[datetime, int, Story]], story: Story) -> None:
        """Run a story to its next moment, and put it in line unless it has ended."""
        moment = next(story, None)
        if moment is not None and moment <= self.present:
            self._seen += 1
            # A story may name a moment that has passed: then it goes on at once.
            heapq.heappush(waiting, (max(moment, self._played), self._seen, story))

    def _sweeps(self, first: datetime) -> Iterator[datetime]:
        day = local(first).date()
        while True:
            if self.calendar.is_working(day):
                yield from (at(day, clock) for clock in self.sweeps)
            day += timedelta(days=1)

    def _sweep(self, moment: datetime) -> None:
        moment = min(moment, self.present)
        watch.sweep(moment)
        watch.lapse(moment)
        watch.alarm_overrun_pauses(moment)
        for job in self.beside:
            job(moment)


def person(username: str) -> Actor:
    """The demonstration person with this user name."""
    return Actor(User.objects.get(username=username))


def owner_of(enterprise: Enterprise) -> Actor:
    """Somebody who acts for an enterprise."""
    user = User.objects.filter(agencies__enterprise=enterprise, agencies__role="owner").order_by("pk").first()
    if user is None:
        raise LookupError(f"nobody acts for {enterprise}")
    return Actor(user, enterprise_id=enterprise.pk)


def picture(shade: int, *, width: int = 320, height: int = 200) -> bytes:
    """A small PNG: a plain gradient that stands for a photo."""
    line = bytearray(3 * width)
    line[0::3], line[1::3] = bytes([shade % 256]) * width, bytes((x * 255) // width for x in range(width))
    rows = b""
    for y in range(height):
        line[2::3] = bytes([(y * 255) // height]) * width
        rows += b"\0" + line
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def paper(title: str) -> bytes:
    """A one-page PDF with a line of Latin text."""
    text = f"BT /F1 18 Tf 60 760 Td ({title}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail
