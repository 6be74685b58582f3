"""How numbers, days and times are written on a page. Pure but for the office's zone and the page's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from flask import Flask

THIN = "\u202f"  # narrow no-break space: 1 206 never breaks
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ZH_DAYS = "一二三四五六日"
EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def install(app: Flask) -> None:
    from webui import language, session

    def zone() -> ZoneInfo:
        return session.application().settings.zone

    app.jinja_env.filters.update(
        whole=whole,
        share=share,
        size=size,
        padded=lambda value: f"{value:02d}",
        clock=lambda value: value.astimezone(zone()).strftime("%H:%M"),
        moment=lambda value: value.astimezone(zone()).strftime("%Y-%m-%d %H:%M"),
        day=lambda value: _local(value, zone()).isoformat() if value else "",
        spoken=lambda value: spoken(_local(value, zone()), language.current_language()),
        weekday=lambda value: weekday(_local(value, zone()), language.current_language()),
    )


def _local(value: date | datetime, zone: ZoneInfo) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def whole(value: int) -> str:
    """1206 → 1 206, with a narrow space that does not break."""
    return f"{value:,}".replace(",", THIN)


def share(value: float) -> str:
    """A confidence, two places: 0.97. Never rounded up to 1.00."""
    return f"{min(value, 0.99) if value < 1 else value:.2f}"


def size(value: int) -> str:
    """Bytes as a person reads them: 640 B, 12 KB, 3.4 MB."""
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    places = 1 if unit in ("MB", "GB") and amount < 100 else 0
    return f"{amount:.{places}f} {unit}"


def spoken(value: date, language: str) -> str:
    """A day inside a sentence: 11 月 27 日, 27 Nov."""
    return f"{value.month} 月 {value.day} 日" if language == "zh" else f"{value.day} {MONTHS[value.month - 1]}"


def weekday(value: date, language: str) -> str:
    return f"周{ZH_DAYS[value.weekday()]}" if language == "zh" else EN_DAYS[value.weekday()]
