"""The scoring sheet of the admission review to begin with: eleven lines of 100 points, and five veto items.

Source: dossier, section 5, step 6; the points are a proposal, and an administrator changes them.
"""

from django.db import migrations

LINES = (
    ("product", "产品与市场", "Product and market", 12),
    ("technology", "技术水平", "Technology", 12),
    ("scale", "投资规模", "Scale of the investment", 10),
    ("intensity", "投资强度", "Investment per mu", 10),
    ("investor", "投资方实力", "Strength of the investor", 12),
    ("environment", "环境影响", "Effect on the environment", 8),
    ("safety", "安全生产", "Safety", 8),
    ("land", "用地集约", "Sparing use of land", 8),
    ("planning", "规划与产业定位", "Planning and industry of the park", 6),
    ("tax", "税收贡献", "Tax", 9),
    ("jobs", "就业带动", "Jobs", 5),
)
VETOES = (
    ("banned_industry", "属于国家淘汰或禁止类产业", "An industry that the state phases out or bans"),
    ("red_line_environment", "突破生态环境红线", "Beyond a red line of the environment"),
    ("red_line_safety", "重大安全隐患且无法整改", "A grave danger that cannot be removed"),
    ("energy_cap", "能耗超出区域总量且无替代", "More energy than the area may use"),
    ("dishonest", "投资方被列入严重失信名单", "An investor on the list of the gravely dishonest"),
)


def seed(apps, _editor):
    criterion = apps.get_model("investment", "Criterion")
    for position, (code, name, name_en, points) in enumerate(LINES, start=1):
        criterion.objects.create(code=code, name=name, name_en=name_en, points=points, position=position)
    for position, (code, name, name_en) in enumerate(VETOES, start=1):
        criterion.objects.create(code=code, name=name, name_en=name_en, is_veto=True, position=position)


class Migration(migrations.Migration):
    dependencies = [("investment", "0002_reviews_and_contracts")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
