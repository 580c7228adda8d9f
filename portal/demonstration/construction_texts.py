"""Words of the invented construction, and what the report on the park says of one project and its land."""

# Industry → what is made there.
PRODUCTS: dict[str, tuple[str, ...]] = {
    "先进金属材料": ("高强度铝合金型材", "特种钢管精深加工", "精密铜带", "粉末冶金零件", "钛合金锻件"),
    "机器人与智能装备": ("工业机器人关节", "智能物流装备", "数控机床主轴", "自动化装配线", "智能水泵"),
    "医疗器械及生物医药": ("一次性医用耗材", "康复护理设备", "体外诊断试剂", "医用高分子材料", "中药饮片"),
    "新能源与电工电气": ("储能电池箱体", "特种线缆", "高效节能电机", "充电设备", "电力变压器"),
}
# Phases of the construction permit, as the procedures of the demonstration park call them.
PHASES: dict[int, tuple[str, ...]] = {
    2: ("±0.000以下", "±0.000以上"),
    3: ("基坑支护和土方开挖", "地下室", "±0.000以上"),
}
# Report: 116.4 mu, by agreement, 44 million yuan, handed over four months early. The days are invented.
REPORTED_PARCEL: dict[str, str] = {
    "name": "金杯电工电磁线相邻低效闲置地块",
    "area_mu": "116.4",
    "recovered_on": "2024-03-20",
    "recovery_mode": "agreement",
    "recovery_amount": "44000000",
    "planned_delivery_on": "2024-08-15",
    "delivered_on": "2024-04-15",
}
# Report: production is expected for June of the next year. It names no investment, so none is told: zero.
REPORTED_PROJECT: dict[str, str] = {
    "name": "金杯电工新能源第三期扩能建设项目",
    "investment_amount": "0",
    "committed_capacity_on": "2025-06-30",
}
