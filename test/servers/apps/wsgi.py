"""For uWSGI: what a WSGI application does, whole and broken."""
import gzip
import os
import signal
import time

BIG = b"0123456789abcdef" * (300_000 // 16)


def parts(*some, then=None):
    for one in some:
        yield one
        time.sleep(0.02)
    if then is not None:
        then()


def fail():
    raise RuntimeError("after")


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def app(env, start):
    path = env["PATH_INFO"]

    def ok(*fields, body=b"ok", status="200 OK", length=True):
        head = list(fields)
        if length:
            head.append(("Content-Length", str(len(body))))
        start(status, head)
        return [] if env["REQUEST_METHOD"] == "HEAD" else [body]

    if path == "/ok":
        return ok()
    if path == "/stream":
        start("200 OK", [])
        return [] if env["REQUEST_METHOD"] == "HEAD" else parts(b"one", b"two", b"three")
    if path == "/gzip":
        return ok(("Content-Encoding", "gzip"), body=gzip.compress(b"hello " * 2_000))
    if path == "/big":
        return ok(body=BIG)
    if path == "/empty":
        return ok(status="204 No Content", body=b"", length=False)
    if path == "/not-modified":
        return ok(("ETag", '"1"'), status="304 Not Modified", body=b"", length=False)
    if path == "/moved":
        return ok(("Location", "/ok"), status="302 Found", body=b"")
    if path == "/cookies":
        return ok(*[("Set-Cookie", "c%d=%s; Path=/" % (nth, "a" * 100)) for nth in range(20)])
    if path == "/close":
        return ok(("Connection", "close"))
    if path == "/slow":
        time.sleep(0.3)
        return ok()
    # what breaks
    if path == "/throw":
        fail()
    if path == "/throw-in-stream":
        start("200 OK", [])
        return parts(b"part", then=fail)
    if path == "/throw-in-length":
        start("200 OK", [("Content-Length", "100")])
        return parts(b"part", then=fail)
    if path == "/long":
        start("200 OK", [("Content-Length", "100")])
        return [b"short"]
    if path == "/kill":
        kill()
    if path == "/kill-in-length":
        start("200 OK", [("Content-Length", "100")])
        return parts(b"part", then=kill)
    if path == "/140-kb":
        return ok(*[("X-F%d" % nth, "a" * 4_000) for nth in range(35)])
    if path == "/300-fields":
        return ok(*[("X-F%d" % nth, "aaaa") for nth in range(300)])
    if path == "/hang":
        time.sleep(4)
        return ok()
    if path == "/502":
        return ok(status="502 Bad Gateway", body=b"bad gateway")
    return ok(status="404 Not Found", body=b"not here")
