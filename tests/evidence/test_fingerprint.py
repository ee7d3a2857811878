"""The fingerprint finds a photo again that was scaled, saved again, turned or brightened, and no other one."""

import numpy as np
from PIL import Image, ImageEnhance

from server.evidence.images.dhash import dhash, distance
from server.evidence.images.limited import inspect
from tests.evidence.making import exif, saved, scene, short


def _fingerprint(data: bytes) -> int:
    found = inspect(data).fingerprint
    assert found is not None
    return found


def test_copies_are_near() -> None:
    original = _fingerprint(saved(_place(1), quality=95))
    assert distance(original, _fingerprint(saved(_place(1).resize((500, 375)), quality=40))) <= 4
    assert distance(original, _fingerprint(saved(ImageEnhance.Brightness(_place(1)).enhance(1.2)))) <= 6
    assert distance(original, _fingerprint(saved(_place(1).convert("L")))) <= 4
    for kind in ("PNG", "WEBP", "HEIF"):
        assert distance(original, _fingerprint(saved(_place(1), kind))) <= 4


def test_a_copy_stored_on_its_side_is_near_when_turned_upright() -> None:
    turned = saved(_place(1).transpose(Image.Transpose.ROTATE_90), exif=b"Exif\x00\x00" + exif({0x0112: short(6)}))
    assert distance(_fingerprint(saved(_place(1))), _fingerprint(turned)) <= 4
    assert distance(_fingerprint(saved(_place(1))), _fingerprint(saved(_place(1).transpose(Image.Transpose.ROTATE_90)))) > 10


def test_other_places_are_far() -> None:
    prints = [_fingerprint(saved(_place(seed))) for seed in range(1, 9)]
    assert min(distance(one, other) for index, one in enumerate(prints) for other in prints[:index]) > 10


def test_it_fits_the_databases_integers() -> None:
    numbers = np.random.default_rng(5)
    for _ in range(50):
        value = dhash(numbers.integers(0, 256, (20, 30), dtype=np.uint8))
        assert -(2**63) <= value < 2**63
    falling = np.tile(np.arange(90, dtype=np.uint8)[::-1], (80, 1))
    assert (dhash(falling), dhash(falling[:, ::-1].copy())) == (0, -1)
    assert (distance(0, -1), distance(-(2**63), 0), distance(5, 5)) == (64, 1, 0)


def _place(seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 200, (9, 12, 3), dtype=np.uint8)
    return Image.blend(Image.fromarray(coarse).resize((800, 600), Image.Resampling.BICUBIC), scene(), 0.15)
