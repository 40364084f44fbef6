"""What an arm with L_img draws from h, and whose pictures are nearest to that (src/experiment/evaluate/drawnPicture.ts)."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .data import Prepared
from .losses import velocity
from .plain import plain
from .random import fork_random
from .spec import Arm

EULER_STEPS = 8
NEAREST = 4


@torch.no_grad()
def drawn_from(parameters: Mapping[str, Tensor], arm: Arm, h: Tensor, seed: int, size: int) -> Tensor:
    """v as the arm draws it from h [e], on the scale of L_img: [size]."""
    context = h[None]
    if arm.image_loss == "mse":
        return velocity(parameters, context, "img_h")[0, :size]
    z = torch.tensor(fork_random(seed, "drawn pictures").normals(size), dtype=h.dtype, device=h.device)[None]
    for step in range(EULER_STEPS):
        time = torch.full((1, 1), step / EULER_STEPS, dtype=h.dtype, device=h.device)
        z = z + velocity(parameters, context, "img_h", z, time)[:, :size] / EULER_STEPS
    return z[0]


def drawn_picture(data: Prepared, parameters: Mapping[str, Tensor], arm: Arm, h: Tensor) -> dict[str, Any]:
    """A reading's `picture`; its pixels are null if the log does not say how its visual features are drawn."""
    images, log, recipe = data.images, data.log, data.recipe
    if images is None:
        raise ValueError("an arm draws without pictures to draw")
    drawn = drawn_from(parameters, arm, h, recipe.seed, images.values.shape[1]).double().cpu().numpy()
    own = images.values[images.pictured].astype(np.float64)
    distances = np.sqrt(np.square(own - drawn).mean(1))
    order = np.lexsort((images.pictured, distances))
    # Items that share a picture have the same distance.
    first = [place for at, place in enumerate(plain(order)) if at == 0 or distances[place] != distances[order[at - 1]]]
    titles = log.texts("item_title")
    pixels = None
    if recipe.visual == "images" and log.has("visual_drawing"):
        linear = log.column("visual_drawing").all().astype(np.float64)
        shades = linear[0] + (images.mean + images.scale * drawn) @ linear[1:]
        # JavaScript rounds halves up.
        bytes_ = np.clip(np.floor(255 * shades + 0.5), 0, 255).astype(np.uint8)
        pixels = base64.b64encode(bytes_.tobytes()).decode()
    return {
        "pixels": pixels,
        "nearest": [
            {"title": titles[int(images.pictured[place])], "distance": float(distances[place])} for place in first[:NEAREST]
        ],
    }
