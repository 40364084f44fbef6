"""Small pictures in every format that the page reads but AVIF, which Pillow may lack, and the peculiar ones, for tests: src/testing/oddPictures.json. Needs Pillow."""

import base64
import io
import json
import sys
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 12, 10


def picture(mode: str = "RGB", shade: int = 0) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata([(20 * x % 256, 25 * y % 256, shade) for y in range(HEIGHT) for x in range(WIDTH)])
    return image.convert(mode)


def written(image: Image.Image, form: str, **options: object) -> str:
    out = io.BytesIO()
    image.save(out, form, **options)
    return base64.b64encode(out.getvalue()).decode()


def main() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    frames = {"save_all": True, "append_images": [picture(shade=200)], "duration": 100}
    pictures = {
        "png": written(picture(), "PNG"),
        "jpeg": written(picture(), "JPEG"),
        "gif": written(picture("P"), "GIF"),
        "webp": written(picture(), "WEBP"),
        "webp-lossless": written(picture(), "WEBP", lossless=True),
        "bmp": written(picture(), "BMP"),
        "gif-animated": written(picture(), "GIF", **frames),
        "webp-animated": written(picture(), "WEBP", **frames),
        "png-animated": written(picture(), "PNG", **frames),
        "jpeg-cmyk": written(picture("CMYK"), "JPEG"),
        "jpeg-turned": written(picture(), "JPEG", exif=turned),
    }
    Path(sys.argv[1]).write_text(json.dumps(pictures, indent=2) + "\n")


main()
