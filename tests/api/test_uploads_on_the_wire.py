"""/uploads/ on the wire: what other people's tus clients make of it, and what lines that break leave behind."""

import base64
import json
import shutil
import subprocess
import threading
from hashlib import sha256
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from mobile_api import clock
from mobile_api.authentication import give_token
from server.evidence.models import Photo
from server.files.models import PartialUpload
from server.files.queries import read_bytes
from tests.api.test_uploads import CHUNK, DATA, HALF, metadata
from tests.world import World

JS_CLIENT = Path(__file__).with_name("tus_js_client.cjs")
# Where the set-up has installed tus-js-client.
PHONE_CLIENT = Path(__file__).parents[2] / "mobile_api" / "client"


@pytest.fixture
def token(committed_world: World) -> str:
    return give_token(committed_world.inspector, clock.now())[0]


def test_tuspy_sends_a_photo_in_chunks_with_checksums(live_site: str, committed_world: World, token: str) -> None:
    client = TusClient(f"{live_site}/api/v1/uploads/", headers={"Authorization": f"Token {token}"})
    photo = uuid4()
    fields = {"photo": str(photo), "sha256": sha256(DATA).hexdigest(), "source": "camera", "filename": "石桥.jpg"}
    uploader = client.uploader(file_stream=BytesIO(DATA), chunk_size=10_000, metadata=fields, upload_checksum=True)
    uploader.upload()
    assert read_bytes(Photo.objects.get(pk=photo).file) == DATA


def test_tuspy_goes_on_from_the_byte_reached(live_site: str, committed_world: World, token: str) -> None:
    client = TusClient(f"{live_site}/api/v1/uploads/", headers={"Authorization": f"Token {token}"})
    photo = uuid4()
    fields = {"photo": str(photo), "sha256": sha256(DATA).hexdigest()}
    first = client.uploader(file_stream=BytesIO(DATA), chunk_size=10_000, metadata=fields)
    first.upload(stop_at=20_000)
    second = client.uploader(file_stream=BytesIO(DATA), chunk_size=10_000, url=first.url)
    assert second.offset == 20_000
    second.upload()
    assert read_bytes(Photo.objects.get(pk=photo).file) == DATA


def test_tuspy_is_told_of_a_wrong_whole(live_site: str, committed_world: World, token: str) -> None:
    client = TusClient(f"{live_site}/api/v1/uploads/", headers={"Authorization": f"Token {token}"})
    fields = {"photo": str(uuid4()), "sha256": "0" * 64}
    uploader = client.uploader(file_stream=BytesIO(DATA), chunk_size=10_000, metadata=fields)
    with pytest.raises(TusUploadFailed) as failed:
        uploader.upload()
    assert failed.value.status_code == 460
    assert not Photo.objects.exists()


def test_a_line_cut_in_the_middle_of_a_chunk_loses_only_what_did_not_arrive(
    live_site: str, committed_world: World, token: str
) -> None:
    site, photo = urlsplit(live_site).netloc, uuid4()
    always = {"Authorization": f"Token {token}", "Tus-Resumable": "1.0.0"}
    address = urlsplit(_request(site, "POST", "/api/v1/uploads/", {**always, **_beginning(photo)})[1]["Location"]).path
    cut = HTTPConnection(site, timeout=10)
    cut.putrequest("PATCH", address)
    for name, value in {
        **always,
        "Upload-Offset": "0",
        "Content-Type": CHUNK,
        "Content-Length": str(len(DATA)),
    }.items():
        cut.putheader(name, value)
    cut.endheaders(DATA[:HALF])
    cut.close()
    for _try in range(200):
        reached = int(_request(site, "HEAD", address, always)[1]["Upload-Offset"])
        if reached:
            break
    assert reached == HALF
    rest = {**always, "Upload-Offset": str(HALF), "Content-Type": CHUNK}
    assert _request(site, "PATCH", address, rest, DATA[HALF:])[0] == 204
    assert read_bytes(Photo.objects.get(pk=photo).file) == DATA


def test_of_two_who_write_one_upload_at_once_one_wins(live_site: str, committed_world: World, token: str) -> None:
    site, photo = urlsplit(live_site).netloc, uuid4()
    always = {"Authorization": f"Token {token}", "Tus-Resumable": "1.0.0"}
    statuses: list[int] = []

    def begin_and_send() -> None:
        address = urlsplit(_request(site, "POST", "/api/v1/uploads/", {**always, **_beginning(photo)})[1]["Location"]).path
        headers = {**always, "Upload-Offset": "0", "Content-Type": CHUNK}
        statuses.append(_request(site, "PATCH", address, headers, DATA)[0])

    writers = [threading.Thread(target=begin_and_send) for _n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(statuses) == [204] + [409] * 7
    assert read_bytes(Photo.objects.get(pk=photo).file) == DATA
    assert PartialUpload.objects.count() == 1


def _beginning(photo: UUID) -> dict[str, str]:
    return {"Upload-Length": str(len(DATA)), "Upload-Metadata": metadata(photo)}


def _request(site: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, Any]:
    connection = HTTPConnection(site, timeout=20)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers


# --- tus-js-client, the one that phones use ------------------------------------------------------------------------------


def tus_js(site: str, token: str, photo: UUID, **order: Any) -> dict[str, Any]:
    """What tus-js-client made of sending DATA under this photo's id, in a process of its own."""
    said = {
        "endpoint": f"{site}/api/v1/uploads/",
        "base64": base64.b64encode(DATA).decode(),
        "headers": {"Authorization": f"Token {token}"},
        "metadata": {"photo": str(photo), "sha256": sha256(DATA).hexdigest(), "source": "camera", "filename": "石桥.jpg"},
        **order,
    }
    node = shutil.which("node")
    assert node is not None, "there is no Node: scripts/setup installs it"
    run = subprocess.run(
        [node, str(JS_CLIENT), str(PHONE_CLIENT)], input=json.dumps(said).encode(), capture_output=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_tus_js_client_sends_a_photo_whole(live_site: str, committed_world: World, token: str) -> None:
    photo = uuid4()
    told = tus_js(live_site, token, photo)
    assert told["first"]["outcome"] == "done"
    assert [request[:2] for request in told["first"]["requests"]] == [["POST", 201], ["PATCH", 204]]
    kept = Photo.objects.get(pk=photo)
    assert (read_bytes(kept.file), kept.file.name, kept.source) == (DATA, "石桥.jpg", "camera")


def test_tus_js_client_sends_a_photo_in_parts_also_where_patch_does_not_get_through(
    live_site: str, committed_world: World, token: str
) -> None:
    for override in (False, True):
        photo = uuid4()
        told = tus_js(live_site, token, photo, chunk=10_000, override=override)
        methods = [request[0] for request in told["first"]["requests"]]
        parts = -(-len(DATA) // 10_000)
        assert methods == ["POST"] + ["POST" if override else "PATCH"] * parts
        assert told["first"]["outcome"] == "done"
        assert read_bytes(Photo.objects.get(pk=photo).file) == DATA


def test_tus_js_client_goes_on_from_the_byte_reached_after_a_cut(live_site: str, committed_world: World, token: str) -> None:
    photo = uuid4()
    told = tus_js(live_site, token, photo, chunk=10_000, stopAt=20_000)
    assert (told["first"]["outcome"], told["second"]["outcome"]) == ("stopped", "done")
    method, status, offset = told["second"]["requests"][0]
    assert (method, status) == ("HEAD", 200)
    assert 20_000 <= int(offset) < len(DATA)
    assert read_bytes(Photo.objects.get(pk=photo).file) == DATA


def test_tus_js_client_is_told_of_a_wrong_checksum_and_of_a_wrong_whole(
    live_site: str, committed_world: World, token: str
) -> None:
    photo = uuid4()
    spoiled = tus_js(live_site, token, photo, spoilChecksum=True)
    assert spoiled["first"]["outcome"] == "refused 460"
    assert PartialUpload.objects.get().offset == 0
    assert tus_js(live_site, token, photo)["first"]["outcome"] == "done"
    wrong = tus_js(live_site, token, uuid4(), metadata={"photo": str(uuid4()), "sha256": "0" * 64})
    assert wrong["first"]["outcome"] == "refused 460"
    assert Photo.objects.count() == 1


def test_tus_js_client_ends_an_upload(live_site: str, committed_world: World, token: str) -> None:
    told = tus_js(live_site, token, uuid4(), spoilChecksum=True, terminate=True)
    assert told["first"]["url"]
    assert not PartialUpload.objects.exists()
