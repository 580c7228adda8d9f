"""Under construction: joint acceptance, connections, lines in the way."""

from __future__ import annotations

from datetime import timedelta

from approvals.demonstration.projects import Cast, Site, Story
from approvals.demonstration_stories.telling import tell
from approvals.models import Utility
from portal.demonstration import staging
from portal.park.acting import Actor
from portal.park.models import Agency, Enterprise
from portal.worktime.clock import local

# What the report on the park tells of this enterprise. When it was is not told: the days are invented.
CABLES = "华菱线缆"
LINES = "10KV“野马线”“野土线”高压杆线对新厂房建设存在影响，请支持迁改"


def tell_all(cast: Cast) -> None:
    tell(cast, joint_acceptance, "减速机总装车间改扩建项目（示范）", "expansion")
    tell(cast, connection, "传感器封装厂房项目（示范）", "new-factory")
    enterprise = Enterprise.objects.filter(name__contains=CABLES).first()
    if enterprise is not None:
        cast.stage.tell(lambda: lines_in_the_way(cables(cast, enterprise)))


def joint_acceptance(s: Site) -> Story:
    """Four departments were asked for their parts; one has not answered."""
    yield from s.built(40)
    yield from s.granted(7, 6, "survey")
    yield from s.accepted(3, "acceptance")
    yield s.stage.day(1, "15:20")
    s.reply("acceptance", besides="emergency")


def connection(s: Site) -> Story:
    """The options for power lie with the enterprise."""
    handler = s.cast.person("construction.handler")
    yield from s.signed(11, 6)
    yield s.stage.day(5, "09:10")
    s.do("ask_for_utility", s.owner, kind="power", need="正式用电 1250 千伏安，投产前接入", wanted_on="")
    power = Utility.objects.get(project=s.there().pk).case_id
    yield s.stage.day(4, "10:30")
    survey(s, handler, power, "就近有环网柜，具备接入条件。（示范）")
    yield s.stage.day(1, "14:00")
    options = "方案一：环网柜出线，电缆入地 180 米（推荐）\n方案二：架空线接入，施工快但影响厂区道路"
    s.do("propose", handler, power, options=options, planned_on=s.cast.ahead(40))


def survey(s: Site, by: Actor, case: int, note: str) -> None:
    s.do(
        "survey",
        by,
        case,
        surveyed_on=local(s.stage.now).date(),
        survey_note=note,
        longitude="112.907300",
        latitude="27.851600",
        photo="",
    )


def cables(cast: Cast, enterprise: Enterprise) -> Site:
    """Somebody of the demonstration speaks for the enterprise: its own people do not sign in."""
    speaker = cast.person("owner.16").user
    Agency.objects.get_or_create(user=speaker, enterprise=enterprise, role=Agency.Role.OWNER)
    site = Site(cast, "厂区扩建项目（投资额未公布，记为 0；时间为示范）", "expansion", investment_amount="0")
    site.enterprise, site.owner = enterprise, staging.owner_of(enterprise)
    site.facts |= dict.fromkeys(("surveyor", "designer", "contractor", "site_supervisor", "land_mu"), "")
    site.facts |= {"floor_area_m2": "", "energy_tce": "", "site_address": ""}
    return site


def lines_in_the_way(s: Site) -> Story:
    """杆线迁改: looked at on the spot at once, moved once, done two months before the planned day."""
    handler = s.cast.person("construction.handler")
    yield s.stage.day(70, "09:00")
    s.open()
    yield s.stage.day(69, "09:30")
    s.do("ask_for_utility", s.owner, kind="relocation", need=LINES, wanted_on="")
    lines = Utility.objects.get(project=s.there().pk).case_id
    yield s.stage.day(69, "15:00")
    survey(s, handler, lines, "会同相关部门单位现场察勘。")
    yield s.stage.day(65, "10:00")
    planned = s.stage.working_day(10) + timedelta(days=61)
    options = "在确保不影响各方规划建设、不造成二次迁改的基础上确定的迁改方案"
    s.do("propose", handler, lines, options=options, planned_on=planned)
    yield s.stage.day(64, "09:30")
    s.do("choose", s.owner, lines, choice="按该方案迁改")
    yield s.stage.day(10, "16:00")
    s.do("finish", handler, lines, finished_on=local(s.stage.now).date())
    yield s.stage.day(9, "09:20")
    s.do("confirm", s.owner, lines)
