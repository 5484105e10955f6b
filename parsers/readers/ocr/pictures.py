"""Pictures of pages as grey pixels.

Guarantees: declared sizes are checked before anything is decoded; what is transparent is paper; a picture is no larger
than a page at 200 dpi needs.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from parsers.errors import UnreadableError

if TYPE_CHECKING:
    import numpy as np
    import pypdfium2

    Pixels = np.ndarray

MAX_PIXELS = 60_000_000
MAX_PAGES = 30
DPI = 200
_NARROW = 1_700
"""Pixels: the shorter side of a picture is brought down to this, 200 dpi of A4."""
_LARGE = 12_000_000


def rendered(page: pypdfium2.PdfPage, number: int) -> Pixels:
    width, height = page.get_size()
    _check_pixels(width * height * (DPI / 72) ** 2, f"page {number}", f"第 {number} 页")
    bitmap = page.render(scale=DPI / 72, grayscale=True)
    pixels: Pixels = bitmap.to_numpy().copy()
    bitmap.close()
    return pixels.reshape(pixels.shape[:2])


def _check_pixels(pixels: float, what: str, what_zh: str) -> None:
    if pixels > MAX_PIXELS:
        raise UnreadableError(
            f"{what} has {pixels / 1e6:.0f} megapixels, over the limit of {MAX_PIXELS // 10**6}",
            f"{what_zh}有 {pixels / 1e6:.0f} 百万像素，超过上限 {MAX_PIXELS // 10**6}",
        )


def pictures(body: bytes) -> Iterator[tuple[Pixels, float]]:
    """Yield each page of a picture as (grey pixels, pixels of the original for one of these)."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own warnings on size and damaged metadata: limits are ours
            with Image.open(io.BytesIO(body), formats=("PNG", "JPEG", "GIF", "BMP", "TIFF")) as image:
                for number in range(1 if image.format == "GIF" else MAX_PAGES + 1):
                    try:
                        image.seek(number)
                    except EOFError:
                        return
                    if number == MAX_PAGES:
                        raise UnreadableError(
                            f"the picture has more than {MAX_PAGES} pages", f"图片超过 {MAX_PAGES} 页"
                        )
                    _check_pixels(image.width * image.height, "the picture", "图片")
                    shorter = min(image.size)
                    scale = max(1.0, shorter / _NARROW, (image.width * image.height / _LARGE) ** 0.5)
                    grey = _flattened(image)
                    if scale > 1:
                        size = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
                        grey = grey.resize(size, Image.Resampling.LANCZOS)
                    yield np.asarray(grey), scale
    except Image.DecompressionBombError as error:
        raise UnreadableError(f"the picture is too large: {error}", f"图片过大：{error}") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableError(f"the picture is damaged: {error}", f"图片已损坏：{error}") from error


def _flattened(image: Any) -> Any:
    """Return a picture in greys on white: what is transparent is paper."""
    from PIL import Image

    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return paper.convert("L")
    return image.convert("L")
