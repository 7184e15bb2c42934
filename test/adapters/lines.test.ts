import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { autopsyLines } from "../../src/adapters/terminal/autopsy.ts";
import { judgeLines } from "../../src/adapters/terminal/judge.ts";
import { logLines } from "../../src/adapters/terminal/logs.ts";
import { rayLines } from "../../src/adapters/terminal/ray-lines.ts";

const READERS = {
	ray: (input: Readable, out: (line: string) => void) => rayLines(input, out, Date.UTC(2026, 10, 22)),
	autopsy: autopsyLines,
	logs: logLines,
	judge: judgeLines,
} as const;

/** What any of them answers to these lines, in whatever pieces they come. */
async function answers(reader: keyof typeof READERS, text: string, size: number): Promise<Record<string, unknown>[]> {
	const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, nth) =>
		Buffer.from(text.slice(nth * size, (nth + 1) * size)),
	);
	const out: string[] = [];
	await READERS[reader](Readable.from(pieces), (line) => out.push(line));
	return out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const LINES = [
	'{"id":1,"text":"a\u2028b","evidence":{},"ending":"fin","bytes_b64":""}',
	"",
	"no JSON",
	"[]",
	"null",
	'{"id":{"a":[1]}}',
	'{"id":2}\r',
];

for (const reader of Object.keys(READERS) as (keyof typeof READERS)[])
	test(`${reader} - answers each line with one, in order, whatever it holds`, async () => {
		for (const size of [1, 7, 10_000]) {
			const found = await answers(reader, `${LINES.join("\n")}\n`, size);
			assert.equal(found.length, LINES.length);
			assert.deepEqual(
				found.map(({ id }) => id ?? null),
				[1, null, null, null, null, { a: [1] }, 2],
			);
		}
	});

test("judge - takes no code for a 520, and names what it cannot take", async () => {
	const [none, list, key, proto] = await answers(
		"judge",
		'{"code":null}\n{"evidence":{"origin-log":["crash","nothing"]}}\n{"evidence":{"__proto__x":"a"}}\n{"code":"constructor"}\n',
		100,
	);
	const causes = (one: Record<string, unknown> | undefined) =>
		Array.isArray(one?.ranked) ? one.ranked.map(({ cause }) => cause) : [];
	assert.equal(causes(none).length, 24);
	assert.match(String(list?.error), /one value, not a list/);
	assert.match(String(key?.error), /no evidence key/);
	assert.deepEqual(causes(proto), ["constructor"]);
	assert.equal(proto?.next, null);
});
