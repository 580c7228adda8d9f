"""Pictures are drawn anew: what they show stays, what they hide (place, device, comments, programs) goes."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from portal.cases.errors import Refused

pillow_heif.register_heif_opener(thumbnails=False)
PIXELS_MAX = 50_000_000  # a phone's photo has 12 million, an A3 page at 400 dpi 31 million
_FORMS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
_QUALITY = 90
_KEPT = ("icc_profile", "transparency")  # what colours mean; nothing else of the head comes along
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    Image.DecompressionBombError,
    MemoryError,
    RuntimeError,
)


def redraw(upload: UploadedFile[bytes], mime: str) -> tuple[ContentFile[bytes], str]:
    """The picture as new bytes and their type. HEIC becomes JPEG, which every browser shows.

    Raises Refused for a picture that cannot be drawn, or whose head claims more pixels than we draw:
    that is known before one of them is unpacked.
    """
    upload.seek(0)
    try:
        with Image.open(upload, formats=[_FORMS[mime]]) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise Refused(_too_many())
            return _drawn(picture, "JPEG" if mime == "image/heic" else _FORMS[mime])
    except Image.DecompressionBombError as error:
        raise Refused(_too_many()) from error
    except _BROKEN as error:
        raise Refused(_("The picture is damaged: it cannot be opened. Please send it again.")) from error
    finally:
        upload.seek(0)


def _too_many() -> str:
    return _("The picture says that it has more than %(most)s million pixels. It is not accepted.") % {
        "most": PIXELS_MAX // 1_000_000
    }


def _drawn(picture: Image.Image, form: str) -> tuple[ContentFile[bytes], str]:
    picture.load()
    upright = ImageOps.exif_transpose(picture)  # the turn stood in the data that goes
    upright.info = {name: value for name, value in upright.info.items() if name in _KEPT}
    if form == "JPEG" and upright.mode not in ("L", "RGB", "CMYK"):
        upright = upright.convert("RGB")
    options: dict[str, Any] = {} if form == "PNG" else {"quality": _QUALITY}
    out = io.BytesIO()
    upright.save(out, form, icc_profile=upright.info.get("icc_profile"), **options)
    return ContentFile(out.getvalue()), Image.MIME[form]
