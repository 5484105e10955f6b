"""Where the sample portals stand: invented hosts, real places (names and codes of GB/T 2260), ordinary
bodies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its code of GB/T 2260, its full name (province first), and how a body there begins its own
    name.
    """

    code: str
    name: str
    prefix: str

    @property
    def is_city(self) -> bool:
        return self.code.endswith("00")


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that issues reports: its name as titles print it, its place, and how its reports say 'we'."""

    name: str
    place: Place
    we: str
    makes_rules: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What distinguishes one sample portal: its CMS family, host, encoding, registration code and places."""

    slug: str
    family: str
    host: str
    name: str
    encoding: str
    charset: str
    site_code: str
    licence: str
    places: tuple[Place, ...]


def city(province: str, city: str, code: str, parts: str) -> tuple[Place, ...]:
    """Read 'CODE NAME, ...'; counties and cities are named without the city above them, districts with it."""
    places = [Place(code, f"{province}{city}", city)]
    for part in parts.split(","):
        number, name = part.split()
        places.append(Place(number, f"{province}{city}{name}", f"{city}{name}" if name.endswith("区") else name))
    return tuple(places)


SITES: Final = (
    Site(
        "sample-qinghe",
        "trs",
        "www.qinghe.test",
        "平顶山市人民政府门户网站（样本）",
        "gb18030",
        "gb2312",  # what the page says: GB18030 sites declare gb2312
        "4104000099",
        "豫ICP备00000001号",
        city(
            "河南省",
            "平顶山市",
            "410400",
            "410403 卫东区,410423 鲁山县,410425 郏县,410402 新华区,410421 宝丰县,410422 叶县,"
            "410404 石龙区,410411 湛河区,410481 舞钢市,410482 汝州市",
        ),
    ),
    Site(
        "sample-yunshan",
        "jcms",
        "www.yunshan.test",
        "大同市人民政府门户网站（样本）",
        "utf-8",
        "utf-8",
        "1402000098",
        "晋ICP备00000002号",
        city(
            "山西省",
            "大同市",
            "140200",
            "140215 云州区,140225 浑源县,140212 新荣区,140213 平城区,140214 云冈区,140221 阳高县,"
            "140222 天镇县,140223 广灵县,140224 灵丘县,140226 左云县",
        ),
    ),
    Site(
        "sample-haitan",
        "ucap",
        "www.haitan.test",
        "福州市人民政府门户网站（样本）",
        "utf-8",
        "utf-8",
        "3590000097",  # not the place's code: portals.md section 2, the counter-example
        "闽ICP备00000003号",
        city(
            "福建省",
            "福州市",
            "350100",
            "350104 仓山区,350123 罗源县,350181 福清市,350102 鼓楼区,350103 台江区,350105 马尾区,"
            "350111 晋安区,350112 长乐区,350121 闽侯县,350122 连江县,350124 闽清县,350125 永泰县",
        ),
    ),
)

BODIES: Final = (
    "财政局",
    "教育局",
    "行政审批服务管理局",
    "水利局",
    "统计局",
    "民政局",
    "自然资源局",
    "卫生健康委员会",
    "市场监督管理局",
    "交通运输局",
    "农业农村局",
    "司法局",
    "审计局",
    "商务局",
    "应急管理局",
    "住房和城乡建设局",
    "文化和旅游局",
    "人力资源和社会保障局",
    "发展和改革委员会",
    "公安局",
    "医疗保障局",
    "城市管理局",
    "退役军人事务局",
    "政务服务中心",
    "信访局",
    "科学技术局",
    "工业和信息化局",
    "林业局",
    "档案馆",
    "机关事务服务中心",
)


def unit_of(site: Site, index: int) -> Unit:
    """Name the portal's body with this index; the first is the city's government itself, which makes 规章.

    Raises ValueError when the portal has no more bodies to name.
    """
    if index == 0:
        return Unit(f"{site.places[0].prefix}人民政府", site.places[0], "市政府", makes_rules=True)
    rounds, which = divmod(index, len(site.places))
    if rounds >= len(BODIES):
        raise ValueError(f"{site.slug} names at most {len(site.places) * len(BODIES)} units")
    body = BODIES[(which + rounds) % len(BODIES)]
    place = site.places[which]
    return Unit(f"{place.prefix}{body}", place, f"我{_short(body)}")


def _short(body: str) -> str:
    for ending, short in (("局", "局"), ("委员会", "委"), ("中心", "中心"), ("馆", "馆")):
        if body.endswith(ending):
            return short
    raise ValueError(body)
