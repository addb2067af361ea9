"""Servers of the page behind a proxy, for test-proxies and test-cluster: asking them, waiting for them, nginx with the
configuration of Packaging.
"""
import contextlib
import http.client
import pathlib
import re
import socket
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "music.example"


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def ask(address, method, path, body=None, headers={}):
    """Status, headers and body of one request to (host, port); what breaks is an exception."""
    connection = http.client.HTTPConnection(*address, timeout=30)
    try:
        connection.request(method, path, body, {"Host": NAME, **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if condition():
                return
        time.sleep(0.05)
    sys.exit(f"{what}: waited in vain")


def nginx(folder, listen, servers, change=lambda text: text):
    """The command that starts nginx with Packaging's configuration at `listen` before `servers`, both "host:port";
    `change` turns that into one with other options of it.
    """
    site = change((ROOT / "Packaging/nginx.conf").read_text())
    site = site.replace("listen 80;", f"listen {listen};").replace("    listen [::]:80;\n", "")
    lines = "".join(f"    server {server} max_fails=0;\n" for server in servers)
    site, count = re.subn(r"(    server 127\.0\.0\.1:808\d max_fails=0;\n)+", lines, site)
    assert count == 1, "nginx.conf's servers look otherwise"
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/site.conf; }}\n")
    return ["nginx", "-e", folder / "error.log", "-c", folder / "nginx.conf"]
