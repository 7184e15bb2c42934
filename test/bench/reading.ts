import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { understand } from "../../src/judge/understand.ts";

type Tell = (bench: string, figures: Record<string, number>, value: number, limit: number) => void;

const SHORT_CHARS = 4_000;
const LONG_CHARS = 900_000;
/** In the thread that answers the chats, and in a thread of its own. */
const SHORT_MS_MAX = 3;
const LONG_MS_MAX = 300;

/** What a person brings about one incident: a sentence, the page, an exception, what curl printed. */
const REPORT = `since 14:00 https://shop.example/checkout gives 520, only logged-in users, https://shop.example/ works
Web server is returning an unknown error. Error code 520. Ray ID: a5f74d31c0a1c3d5 • 2026-11-24 09:14:27 UTC
requests.exceptions.HTTPError: 520 Server Error:  for url: https://shop.example/checkout?step=2
* Connected to shop.example (198.51.100.7) port 443 (#0)
> GET /checkout HTTP/1.1
> Host: shop.example
* Empty reply from server
curl: (52) Empty reply from server
`;
const LOG = `172.68.1.2 - - [24/Nov/2026:09:14:07 +0000] "GET /cart HTTP/1.1" 200 18211 "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64)"
172.68.1.2 - - [24/Nov/2026:09:14:08 +0000] "POST /checkout HTTP/1.1" 499 0 "https://shop.example/cart" "Mozilla/5.0 (X11; Linux x86_64)"
2026/11/24 09:14:08 [error] 71#71: *6 upstream prematurely closed connection while reading response header from upstream, client: 172.68.1.2, server: shop.example, request: "POST /checkout HTTP/1.1", upstream: "http://127.0.0.1:9000/checkout", host: "shop.example"
[24-Nov-2026 09:14:08] WARNING: [pool www] child 771 exited on signal 11 (SIGSEGV - core dumped) after 12.3 seconds from start
{"time":"2026-11-24T09:14:09+00:00","status":200,"body_bytes_sent":5120,"uri":"/cart","host":"shop.example"}
Nov 24 09:14:09 web1 shopd[771]: worker 3: order queue drained in 18 ms
`;
const pasteOf = (chars: number) => (REPORT + LOG.repeat(Math.ceil(chars / LOG.length))).slice(0, chars);

/** The whole reading of a text: 4,000 characters in place, 900,000 in a worker thread; the best of several. */
export async function benchReading(tell: Tell): Promise<void> {
	const text = pasteOf(SHORT_CHARS);
	let best = Number.POSITIVE_INFINITY;
	for (let nth = 0; nth < 60; nth += 1) {
		const started = performance.now();
		understand(text, {}, 0);
		best = Math.min(best, performance.now() - started);
	}
	tell("read-4kb-ms", { ms: best }, best, SHORT_MS_MAX);
	const worker = new Worker(new URL("reading-worker.ts", import.meta.url), { workerData: pasteOf(LONG_CHARS) });
	const [ms] = (await once(worker, "message")) as [number];
	tell("read-900kb-in-a-worker-ms", { ms }, ms, LONG_MS_MAX);
	await worker.terminate();
}
