import type { Signature } from "./signature.ts";

/** Lines of the servers of Python's ASGI: Uvicorn, Hypercorn, Daphne. */
export const uvicorn: readonly Signature[] = [
	{
		id: "asgi-exception",
		server: "uvicorn, hypercorn",
		looks: /Exception in ASGI application|Error in ASGI Framework/,
		speaksFor: "500",
		originLog: "crash",
		meaning: "The application raised an exception that nobody caught",
		fix: "Read the traceback below it",
		source: "encode/uvicorn: uvicorn/protocols/http/h11_impl.py; pgjones/hypercorn: asyncio/task_group.py",
		example: "ERROR:    Exception in ASGI application",
	},
	{
		id: "asgi-short-body",
		server: "uvicorn (h11)",
		looks: /Too (?:little|much) data for declared Content-Length|Response content (?:shorter|longer) than Content-Length/,
		speaksFor: "closed-mid-response",
		originLog: null,
		meaning: "The application sent less (or more) than its Content-Length",
		fix: "Do not set Content-Length by hand; check middleware that changes the content",
		source: "python-hyper/h11: h11/_writers.py; encode/uvicorn: uvicorn/protocols/http/httptools_impl.py",
		example: "h11._util.LocalProtocolError: Too little data for declared Content-Length",
	},
	{
		id: "asgi-incomplete",
		server: "uvicorn",
		looks: /ASGI callable returned without (?:starting|completing) response/,
		speaksFor: "closed-mid-response",
		originLog: "crash",
		meaning: "The application returned before its response was complete",
		fix: "Find the handler; every path has to send a complete response",
		source: "encode/uvicorn: uvicorn/protocols/http/h11_impl.py",
		example: "ERROR:    ASGI callable returned without completing response.",
	},
	{
		id: "asgi-bad-request",
		server: "uvicorn",
		looks: /Invalid HTTP request received\./,
		speaksFor: "400",
		originLog: "refused-or-444",
		meaning: "The request could not be read: malformed, or TLS on a port without it",
		fix: "Compare the SSL/TLS mode with the port; find the odd header",
		source: "encode/uvicorn: uvicorn/protocols/http/h11_impl.py",
		example: "WARNING:  Invalid HTTP request received.",
	},
];
