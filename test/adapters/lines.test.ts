import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { autopsyLines } from "../../src/adapters/terminal/autopsy.ts";
import { captureLines } from "../../src/adapters/terminal/capture.ts";
import { judgeLines } from "../../src/adapters/terminal/judge.ts";
import { logLines } from "../../src/adapters/terminal/logs.ts";
import { rayLines } from "../../src/adapters/terminal/ray-lines.ts";
import { readLines } from "../../src/adapters/terminal/read-lines.ts";
import { CAUSE_IDS, CAUSES } from "../../src/knowledge/causes/list.ts";
import { allValues, EVIDENCE, EVIDENCE_KEYS } from "../../src/knowledge/evidence.ts";
import { Conversation, PLAIN, recording, request, response } from "../packets.ts";

const READERS = {
	ray: (input: Readable, out: (line: string) => void) => rayLines(input, out, Date.UTC(2026, 10, 22)),
	autopsy: autopsyLines,
	logs: logLines,
	judge: judgeLines,
	capture: captureLines,
	read: (input: Readable, out: (line: string) => void) => readLines(input, out, () => Date.UTC(2026, 10, 22)),
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

test("capture - says what is not a recording, and has no exchanges then", async () => {
	const lines = [
		"no JSON",
		"[]",
		'{"id":1}',
		'{"id":2,"pcap_b64":"no base64!"}',
		'{"id":3,"pcap_b64":""}',
		`{"id":4,"pcap_b64":"${Buffer.from("HTTP/1.1 200 OK\r\n\r\n").toString("base64")}"}`,
		`{"id":5,"pcap_b64":"${recording([], PLAIN).toString("base64")}","ray":"none"}`,
		`{"id":6,"pcap_b64":"${recording([], PLAIN).toString("base64")}","ray":7}`,
		`{"id":7,"pcap_b64":"${recording([], PLAIN).toString("base64")}","ray":null}`,
	];
	const found = await answers("capture", lines.join("\n"), 10_000);
	assert.deepEqual(
		found.map(({ id, error, exchanges }) => [id, typeof error, exchanges]),
		[null, null, 1, 2, 3, 4, 5, 6, 7].map((id) => [id, id === 7 ? "undefined" : "string", []]),
	);
});

test("base64 is read in lines, with the letters for URLs and without its end; what only looks like it is not", async () => {
	const bytes = recording(new Conversation({ atMs: 0 }).open().client(request("/?~~~\xff\xfe", "-")).fin("server").frames, PLAIN);
	const plain = bytes.toString("base64");
	const inLines = plain.replace(/.{76}/g, "$&\r\n");
	const forms = [plain, inLines, `${inLines}\n`, ` ${plain} `, bytes.toString("base64url"), plain.replace(/=+$/, "")];
	const found = await answers("capture", forms.map((form) => JSON.stringify({ pcap_b64: form })).join("\n"), 10_000);
	for (const one of found) assert.deepEqual([one.error, (one.exchanges as unknown[]).length], [undefined, 1]);
	for (const form of [`${plain.replace(/=*$/, "")}===`, `*${plain}`, `${plain} !`, `${" ".repeat(300_000)}!`])
		assert.equal((await answers("capture", JSON.stringify({ pcap_b64: form }), 10_000))[0]?.error, "the bytes are not base64");
	const [read] = await answers("autopsy", JSON.stringify({ bytes_b64: "SFRUUC8x\nLjEgMjA0\n", ending: "fin" }), 100);
	assert.equal(read?.proxy, "rejects");
});

test("capture - reads a Ray ID in any form that ray - reads", async () => {
	const frames = new Conversation({ atMs: Date.UTC(2026, 10, 25) })
		.open()
		.client(request("/a?b", "a6046ccef050d1c3-FRA"))
		.server(response("x")).frames;
	const bytes = recording(frames, PLAIN).toString("base64");
	for (const ray of ["a6046ccef050d1c3", "A6046CCEF050D1C3-FRA", "Ray ID: a6046ccef050d1c3", "cf-ray: a6046ccef050d1c3-FRA"]) {
		const [found] = await answers("capture", JSON.stringify({ id: 1, pcap_b64: bytes, ray }), 10_000);
		const exchange = (found?.exchanges as Record<string, unknown>[] | undefined)?.[0];
		assert.deepEqual([exchange?.ray, exchange?.path, exchange?.status], ["a6046ccef050d1c3", "/a", 200], ray);
		assert.deepEqual(
			Object.keys(exchange ?? {}).join(),
			"ray,method,path,status,proxy,ending,closedFirst,startedAt,tookMs,gap,findings",
		);
	}
});

const READ_FIELDS =
	"answer,askedRay,asks,candidates,code,curlExit,errorTime,evidence,id,intent,logs,places,rays,response,since,target";

test("read - has every field, whatever a line holds", async () => {
	for (const { error, ...fields } of await answers("read", `${LINES.join("\n")}\n`, 10_000)) {
		assert.equal(Object.keys(fields).sort().join(), READ_FIELDS, String(error));
		assert.equal(fields.intent, "unclear");
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
	assert.equal(causes(none).length, CAUSE_IDS.length);
	assert.match(String(list?.error), /one value, not a list/);
	assert.match(String(key?.error), /not an evidence key/);
	assert.deepEqual(causes(proto), ["constructor"]);
	assert.equal(proto?.next, null);
});

/** What tools may say of a case: every key, with its values (fine, then coarse); `*` takes a list. */
const VOCABULARY: readonly (readonly [key: string, list: "" | "*", values: string])[] = [
	["edge-pattern", "", "all some-urls some-visitors random bursts after-idle not-reproduced"],
	[
		"direct-origin",
		"",
		"ok closed-empty closed-mid-body malformed header-section-too-large reset tls-failure client-certificate-wanted wrong-protocol server-error slow refused no-route",
	],
	[
		"variants",
		"",
		"same cookies request-bytes amount-of-work response-size scheme user-agent request-field method encoding http-version ip-version request-size method-agent-or-encoding",
	],
	["time-to-failure", "", "instant seconds round-number two-minutes"],
	["origin-log", "", "complete-200 nothing crash refused-or-444 client-closed-499 no-access"],
	["who-is-hit", "", "everyone signed-in one-network-or-country one-client under-load own-rate"],
	["what-changed", "", "deploy firewall-or-host tls-dns-or-cloudflare nothing"],
	["host-health", "*", "restarted-or-oom saturated normal"],
	["cloudflare-features", "*", "worker-on-route worker-as-caller http2-to-origin origin-pulls tunnel rules none worker"],
	["colo-spread", "", "many one"],
	["edge-trace", "", "ok failed"],
	["other-codes", "*", "timeouts refused-or-tls origin-5xx none"],
	["waits-for", "", "third-party own-backend nothing"],
	["edge-saw", "", "no-status success error"],
];

const FAMILIES_OF_CAUSES: Readonly<Record<string, string>> = {
	process: "cold-start origin-crashed relabelled-5xx",
	"load-or-time": "idle-race middle-timeout origin-overloaded",
	refusal: "cloudflare-blocked deliberate-close odd-client-request origin-pulls visitor-banned",
	size: "headers-too-large request-too-large response-too-large",
	bytes:
		"closed-mid-response framing-conflict headers-malformed headers-missing http2-to-origin protocol-mismatch upgrade-or-1xx",
	way: "path-drops tls-broken wrong-target",
	edge: "edge-feature",
};

test("judge - takes exactly the contract's keys and values, and lists where several can be so", async () => {
	assert.deepEqual(
		EVIDENCE_KEYS.map((key) => [key, EVIDENCE[key].many === true ? "*" : "", allValues(key).join(" ")]),
		VOCABULARY,
	);
	for (const [key, list, words] of VOCABULARY) {
		const values = words.split(" ");
		const taken = await answers("judge", values.map((value) => JSON.stringify({ evidence: { [key]: value } })).join("\n"), 100);
		for (const [nth, one] of taken.entries()) assert.equal(one.error, undefined, `${key} ${values[nth]}`);
		const [both, foreign] = await answers(
			"judge",
			`${JSON.stringify({ evidence: { [key]: values.slice(0, 2) } })}\n${JSON.stringify({ evidence: { [key]: "toString" } })}`,
			100,
		);
		assert.equal(both?.error === undefined, list === "*", key);
		assert.match(String(foreign?.error), /not a value of/);
	}
});

test("judge - says how likely each family is, and every cause is in the contract's family", async () => {
	const [one] = await answers("judge", '{"evidence":{"edge-pattern":"all"}}', 100);
	const families = one?.families as { family: string; probability: number }[];
	assert.ok(Math.abs(families.reduce((sum, { probability }) => sum + probability, 0) - 1) < 0.001);
	assert.deepEqual(families.map(({ family }) => family).sort(), Object.keys(FAMILIES_OF_CAUSES).sort());
	for (const [family, causes] of Object.entries(FAMILIES_OF_CAUSES))
		assert.equal(
			CAUSE_IDS.filter((id) => CAUSES[id].family === family)
				.sort()
				.join(" "),
			causes,
		);
});

test("ray - reads a text as the person saw it: without what chats and pages put around or into it", async () => {
	const texts = [
		"cf-ray: 8a7d5e2f\u200bbcd1a1c3-DFW",
		"Ray ID:&nbsp;8a7d5e2fbcd1a1c3",
		"> `cf-ray: 8a7d5e2fbcd1a1c3-DFW`",
		"\u001b[31mcf-ray: 8a7d5e2fbcd1a1c3-DFW\u001b[0m",
	];
	const lines = texts.map((text, id) => `${JSON.stringify({ id, text })}\n`).join("");
	const read = (await answers("ray", lines, 10_000)) as { rays: { id: string }[] }[];
	assert.deepEqual(
		read.map(({ rays }) => rays.map(({ id }) => id)),
		texts.map(() => ["8a7d5e2fbcd1a1c3"]),
	);
});
