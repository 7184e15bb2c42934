/**
 * `npm run hostile [-- R4 R7 …]`: the program as a process, both chats, and servers and people who mean harm, all on loopback and bounded
 * in count, bytes and time. One JSON line a row; exit status 1 when a row does not hold. A row fails on death, loss, leaks, counts,
 * memory and ratios within the run; milliseconds are printed and judged by people.
 */
import { closeAll } from "./bot.ts";
import { BYTE_ROWS } from "./byte-rows.ts";
import { LOAD_ROWS } from "./load-rows.ts";
import { REST_ROWS } from "./rest-rows.ts";
import type { Result, Row } from "./row.ts";
import { startServers } from "./servers.ts";
import { TENANT_ROWS } from "./tenant-rows.ts";

const ROWS: readonly Row[] = [...BYTE_ROWS, ...LOAD_ROWS, ...TENANT_ROWS, ...REST_ROWS].sort(
	(a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)),
);
const ROW_MS_MAX = 150_000;

const names = process.argv.slice(2).map((name) => name.toUpperCase());
const unknown = names.filter((name) => !ROWS.some((row) => row.id === name));
if (unknown.length > 0) {
	process.stderr.write(`no such row: ${unknown.join(", ")}; there are ${ROWS.map((row) => row.id).join(", ")}\n`);
	process.exit(2);
}
const wanted = names.length === 0 ? ROWS : ROWS.filter((row) => names.includes(row.id));

async function runRow(row: Row): Promise<Result> {
	const servers = await startServers();
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<Result>((resolve) => {
		timer = setTimeout(() => resolve({ now: {}, broken: ["the row did not end"] }), ROW_MS_MAX);
	});
	try {
		return await Promise.race([row.run(servers), late]);
	} catch (error) {
		return { now: { error: String(error instanceof Error ? error.stack : error).slice(0, 500) }, broken: ["the row broke"] };
	} finally {
		clearTimeout(timer);
		await closeAll();
		await servers.close();
	}
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void closeAll().then(() => process.exit(1)));
let held = 0;
for (const row of wanted) {
	const startedAt = performance.now();
	const { now, broken } = await runRow(row);
	const holds = broken.length === 0;
	if (holds) held += 1;
	const line = {
		hostile: row.id,
		what: row.what,
		today: row.today,
		now,
		holds,
		...(holds ? {} : { broken }),
		seconds: Math.round((performance.now() - startedAt) / 1_000),
	};
	process.stdout.write(`${JSON.stringify(line)}\n`);
}
process.stdout.write(`${wanted.length} rows, ${held} hold\n`);
// A row that did not end may have left something open.
process.exit(held === wanted.length ? 0 : 1);
