"""Reading a zip on a server by its last bytes: right, and without fetching what is not asked for."""

from __future__ import annotations

import http.server
import io
import os
import random
import threading
import zipfile

import pytest

from backend.packaging.wheels import CHUNK, RemoteFile

BIG = random.Random(3).randbytes(3_000_000)


def archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zip_file:
        zip_file.writestr("big.bin", BIG)
        for number in range(3000):  # a list longer than what is fetched at once
            zip_file.writestr(f"package/module_with_a_long_name_{number:05}.py", b"x")
        zip_file.writestr("x.dist-info/METADATA", b"Name: x\n")
    return data.getvalue()


@pytest.fixture(params=[True, False], ids=["ranges", "no ranges"])
def server(request):
    """Address, and a list of the bytes sent by each answer."""
    data, sent = archive(), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()

        def do_GET(self):
            first, last = (int(number) for number in self.headers["Range"].removeprefix("bytes=").split("-"))
            part = data[first : last + 1] if request.param else data
            self.send_response(206 if request.param else 200)
            self.send_header("Content-Length", str(len(part)))
            self.end_headers()
            sent.append(len(part))
            self.wfile.write(part)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{found.server_port}/x.whl", sent, request.param
        found.shutdown()


def test_a_zip_is_read_by_its_end(server):
    address, sent, ranges = server
    if not ranges:
        with pytest.raises(OSError, match="parts of files"):
            RemoteFile(address).read(10)
        return
    with RemoteFile(address) as stream, zipfile.ZipFile(stream) as found:
        assert len(found.infolist()) == 3002
        assert found.read("x.dist-info/METADATA") == b"Name: x\n"
        assert stream.seek(0, os.SEEK_END) == len(archive())
        assert sum(sent) < len(archive()) / 3, "fetched more than was asked for"
        assert found.read("big.bin") == BIG
    assert max(sent) <= max(CHUNK, len(BIG) + CHUNK)
