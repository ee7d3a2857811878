"""Whatever a file does to its decoder, the server only hears that it is damaged, and goes on."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from server.evidence.images import limited
from server.evidence.images.refusals import NoRendition
from tests.evidence.making import exif, hollow_jpeg, png_chunk, png_with, saved, scene, text, with_exif, with_segment


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[limited._Pool]:
    """Children of this test alone, which see the limits it sets."""
    pool = limited._Pool()
    monkeypatch.setattr(limited, "_pool", pool)
    yield pool
    pool.close()


def test_a_child_is_used_again(pool: limited._Pool) -> None:
    png = saved(scene(64, 64), "PNG")
    processes = set()
    for _ in range(3):
        assert not limited.inspect(png).damaged
        processes.add(pool._idle[0]._process.pid)
    assert len(processes) == 1


def test_a_child_that_died_is_replaced_before_anybody_notices(pool: limited._Pool) -> None:
    png = saved(scene(64, 64), "PNG")
    limited.inspect(png)
    process = pool._idle[0]._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not limited.inspect(png).damaged
    assert pool._idle[0]._process.pid != process.pid


def test_a_child_is_replaced_after_its_share_of_work(pool: limited._Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "JOBS_PER_CHILD", 1)
    png = saved(scene(64, 64), "PNG")
    limited.inspect(png)
    first = pool._idle[0]._process
    limited.inspect(png)
    assert first.returncode is not None
    assert len(pool._all) == 1


def test_a_picture_beyond_the_memory_is_damaged_and_the_next_one_is_not(
    pool: limited._Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "MEMORY", 40_000_000)
    large = saved(scene(64, 64).resize((5_000, 5_000)), "PNG", compress_level=1)
    found = limited.inspect(large)
    assert found.damaged
    assert "memory" in found.damage_detail
    with pytest.raises(NoRendition):
        limited.make_renditions(large)
    assert not limited.inspect(saved(scene(64, 64), "PNG")).damaged


def test_a_decoder_that_hangs_is_ended_and_replaced(pool: limited._Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    png = saved(scene(64, 64), "PNG")
    limited.inspect(png)
    hanging = pool._idle[0]._process
    os.kill(hanging.pid, signal.SIGSTOP)
    monkeypatch.setattr(limited, "WALL_SECONDS", 0.2)
    found = limited.inspect(png)
    assert found.damaged
    assert "time" in found.damage_detail
    assert hanging.returncode == -signal.SIGKILL
    monkeypatch.setattr(limited, "WALL_SECONDS", 60)
    assert not limited.inspect(png).damaged


def test_a_crash_in_the_middle_of_a_picture_is_that_pictures_alone(pool: limited._Pool) -> None:
    png = saved(scene(64, 64), "PNG")
    limited.inspect(png)
    crashing = pool._idle[0]._process
    os.kill(crashing.pid, signal.SIGSTOP)
    killer = threading.Timer(0.2, os.kill, [crashing.pid, signal.SIGSEGV])
    killer.start()
    threading.Timer(0.3, os.kill, [crashing.pid, signal.SIGCONT]).start()
    found = limited.inspect(png)
    assert found.damaged
    assert "broke down" in found.damage_detail
    assert not limited.inspect(png).damaged


def test_cpu_time_is_limited_in_the_child_itself(pool: limited._Pool) -> None:
    limited.inspect(saved(scene(64, 64), "PNG"))
    status = Path(f"/proc/{pool._idle[0]._process.pid}/limits").read_text()
    figures = {line[:26].strip(): line[26:].split()[0] for line in status.splitlines()}
    assert 0 < int(figures["Max cpu time"]) <= limited.CPU_SECONDS + 10
    assert int(figures["Max address space"]) < limited.MEMORY + 2_000_000_000
    assert figures["Max core file size"] == figures["Max file size"] == "0"


def test_a_child_gets_no_secret(pool: limited._Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUNGAI_SECRET_KEY", "not for decoders")
    limited.inspect(saved(scene(64, 64), "PNG"))
    assert b"not for decoders" not in Path(f"/proc/{pool._idle[0]._process.pid}/environ").read_bytes()


def test_an_answer_that_makes_no_sense_is_not_believed(pool: limited._Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    png = saved(scene(64, 64), "PNG")
    for answer in (
        {},
        {"damage": "", "width": -1, "height": 5},
        {"damage": "", "width": 0, "height": 0},
        {"damage": 3, "width": 1, "height": 1},
    ):
        monkeypatch.setattr(pool, "call", lambda task, data, answer=answer: (answer, []))
        assert limited.inspect(png).damaged
    monkeypatch.setattr(pool, "call", lambda task, data: ({"names": ["preview", "thumb"]}, [b"<html>", b"<html>"]))
    with pytest.raises(NoRendition):
        limited.make_renditions(png)


def test_many_at_once_are_all_answered_by_few_children(pool: limited._Pool) -> None:
    photos = [saved(scene(80 + index, 60), "PNG") for index in range(12)]
    widths: list[int] = []
    threads = [threading.Thread(target=lambda photo=photo: widths.append(limited.inspect(photo).width)) for photo in photos]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(widths) == list(range(80, 92))
    assert len(pool._all) <= limited.CHILDREN


def test_after_a_fork_the_new_process_has_children_of_its_own(pool: limited._Pool) -> None:
    png = saved(scene(64, 64), "PNG")
    limited.inspect(png)
    before = pool._idle[0]._process.pid
    process = os.fork()
    if process == 0:
        whole = not limited.inspect(png).damaged and limited._pool._idle[0]._process.pid != before
        limited._pool.close()
        os._exit(0 if whole else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    assert not limited.inspect(png).damaged
    assert pool._idle[0]._process.pid == before


def test_ordinary_jpegs_need_no_child_and_heavy_ones_do(pool: limited._Pool) -> None:
    limited.inspect(saved(scene()))
    limited.inspect(saved(scene(), progressive=True))
    assert pool._all == []
    assert limited.inspect(hollow_jpeg(8_000, 6_000)).damaged
    assert len(pool._all) == 1


def test_a_jpeg_of_very_many_scans_goes_to_the_child(pool: limited._Pool) -> None:
    photo = saved(scene(), progressive=True)
    at = photo.rfind(b"\xff\xda")
    end = photo.rfind(b"\xff\xd9")
    limited.inspect(photo[:end] + photo[at:end] * 100 + photo[end:])
    assert len(pool._all) == 1


def test_a_small_file_that_asks_for_a_minutes_work_is_not_worked_on(pool: limited._Pool) -> None:
    photo = saved(Image.new("RGB", (8_000, 6_000), "olive"), progressive=True)
    at, end = photo.rfind(b"\xff\xda"), photo.rfind(b"\xff\xd9")
    bomb = photo[:end] + photo[at:end] * 300 + photo[end:]
    assert "scans" in limited.inspect(bomb).damage_detail
    with pytest.raises(NoRendition):
        limited.make_renditions(bomb)
    assert not limited.inspect(photo).damaged


_MEASURED = """
import resource, sys
from pathlib import Path
from server.evidence.images.decode import inspect
from server.evidence.images.renditions import make_renditions
taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 256_000_000, taken + 256_000_000))
used = resource.getrusage(resource.RUSAGE_SELF)
resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 3,) * 2)
data = Path(sys.argv[1]).read_bytes()
found = inspect(data)
assert not found.damaged, found.damage_detail
assert set(make_renditions(data)) == {"thumb", "preview"}
print(found.width, found.exif.model)
"""


def _bombs() -> dict[str, bytes]:
    import zlib

    jpeg, png = saved(scene()), saved(scene(), "PNG")
    packed = zlib.compress(bytes(300_000_000), 9)
    xmp = b"http://ns.adobe.com/xap/1.0/\x00" + b"<x/>" * 16_000
    twenty_megabytes = jpeg
    for _ in range(310):
        twenty_megabytes = with_segment(twenty_megabytes, 0xE1, xmp)
    return {
        "xmp_of_20_megabytes": with_exif(twenty_megabytes, exif({0x0110: text("M")})),
        "xmp_of_20_megabytes_in_png": png_with(
            png, png_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + b"<x/>" * 5_000_000)
        ),
        "text_that_unpacks_to_300_megabytes": png_with(png, *[png_chunk(b"zTXt", b"Comment\x00\x00" + packed)] * 10),
        "profile_that_unpacks_to_300_megabytes": png_with(png, png_chunk(b"iCCP", b"p\x00\x00" + packed)),
        "ten_thousand_tags": saved(scene(), "PNG", exif=exif({tag: text("x" * 90) for tag in range(0x9100, 0x9100 + 10_000)})),
        "255_pieces_of_profile": _many_pieces(jpeg),
    }


def _many_pieces(jpeg: bytes) -> bytes:
    for number in range(255, 0, -1):
        jpeg = with_segment(jpeg, 0xE2, b"ICC_PROFILE\x00" + bytes([number, 255]) + bytes(65_000))
    return jpeg


def test_bombs_in_metadata_cost_neither_time_nor_memory(tmp_path: Path) -> None:
    for name, data in _bombs().items():
        photo = tmp_path / name
        photo.write_bytes(data)
        done = subprocess.run([sys.executable, "-c", _MEASURED, str(photo)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{name}: {done.returncode} {done.stderr}"
        assert done.stdout.startswith("800")
