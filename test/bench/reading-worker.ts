import { parentPort, workerData } from "node:worker_threads";
import { understand } from "../../src/judge/understand.ts";

let best = Number.POSITIVE_INFINITY;
for (let nth = 0; nth < 5; nth += 1) {
	const started = performance.now();
	understand(workerData as string, {}, 0);
	best = Math.min(best, performance.now() - started);
}
parentPort?.postMessage(best);
