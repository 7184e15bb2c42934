"""For Hypercorn and Uvicorn: what an ASGI application does, whole and broken."""
import asyncio
import gzip
import os
import signal

BIG = b"0123456789abcdef" * (300_000 // 16)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    path = scope["path"]

    async def head(status=200, *fields):
        await send({"type": "http.response.start", "status": status, "headers": [(name.encode(), value.encode()) for name, value in fields]})

    async def body(some=b"", more=False):
        await send({"type": "http.response.body", "body": some, "more_body": more})

    async def whole(some=b"ok", *fields, status=200):
        await head(status, *fields, ("content-length", str(len(some))))
        await body(some)

    async def parts(*some):
        for one in some:
            await body(one, True)
            await asyncio.sleep(0.02)

    if path == "/ok":
        await whole()
    elif path == "/stream":
        await head()
        await parts(b"one", b"two", b"three")
        await body()
    elif path == "/gzip":
        await whole(gzip.compress(b"hello " * 2_000), ("content-encoding", "gzip"))
    elif path == "/big":
        await whole(BIG)
    elif path == "/big-stream":
        await head()
        await parts(BIG, BIG)
        await body()
    elif path == "/empty":
        await head(204)
        await body()
    elif path == "/not-modified":
        await head(304, ("etag", '"1"'))
        await body()
    elif path == "/moved":
        await whole(b"", ("location", "/ok"), status=302)
    elif path == "/cookies":
        await whole(b"ok", *[("set-cookie", "c%d=%s; Path=/" % (nth, "a" * 150)) for nth in range(20)])
    elif path == "/close":
        await whole(b"ok", *([] if scope["http_version"] == "2" else [("connection", "close")]))
    elif path == "/slow":
        await asyncio.sleep(0.3)
        await whole()
    # what breaks
    elif path == "/throw":
        raise RuntimeError("before headers")
    elif path == "/throw-in-stream":
        await head()
        await parts(b"part")
        raise RuntimeError("after")
    elif path == "/throw-in-length":
        await head(200, ("content-length", "100"))
        await parts(b"part")
        raise RuntimeError("after")
    elif path == "/long":
        await head(200, ("content-length", "100"))
        await body(b"short")
    elif path == "/kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif path == "/kill-in-stream":
        await head()
        await parts(b"part")
        os.kill(os.getpid(), signal.SIGKILL)
    elif path == "/140-kb":
        await whole(b"ok", *[("x-f%d" % nth, "a" * 4_000) for nth in range(35)])
    elif path == "/300-fields":
        await whole(b"ok", *[("x-f%d" % nth, "aaaa") for nth in range(300)])
    elif path == "/hang":
        await asyncio.sleep(4)
        await whole()
    elif path == "/stall":
        await head()
        await parts(b"part")
        await asyncio.sleep(4)
    elif path == "/502":
        await whole(b"bad gateway", status=502)
    else:
        await whole(b"not here", status=404)
