import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { partsOf } from "../src/adapters/discord/parts.ts";
import { renderSlack } from "../src/adapters/slack/render.ts";
import { renderTerminal } from "../src/adapters/terminal/render.ts";
import { judgeOrigin, type OriginVerdict } from "../src/judge/origin.ts";
import { ranges } from "../src/looks/addresses.ts";
import { type CheckedTarget, checkOrigin, type GuardRules } from "../src/looks/guard.ts";
import type { Observation } from "../src/looks/observation.ts";
import { lookAtOrigin } from "../src/looks/origin.ts";
import { gridLines, type Message } from "../src/message/message.ts";
import { plainText, type Text } from "../src/message/text.ts";
import { readTarget } from "../src/read/text/target.ts";
import { originDelta, originReply } from "../src/reply/origin.ts";
import { discordLines } from "./discord-lines.ts";
import { flat } from "./flat.ts";
import { type Certificates, makeCertificates } from "./lab/ca.ts";
import { serveOrigin } from "./lab/origin.ts";
import { findingFiles, type OriginFile, type Served } from "./lab/origin-files.ts";
import { normal } from "./normal.ts";
import { slackLines } from "./slack-lines.ts";
import { words } from "./words.ts";

/** Each finding on real sockets: its file is served, looked at directly, and the answer is read as people see it. */

const RULES: GuardRules = {
	allow: ranges(["127.0.0.0/8"]),
	resolve: new Map(),
	resolver: async () => {
		throw Object.assign(new Error("no names here"), { code: "ENOTFOUND" });
	},
};
const LIMIT_MS = 1_200;
const certificates: Certificates = await makeCertificates();

/** Serves the file in one of its ways; where nothing listens, a port that was free a moment ago. */
async function serve(file: OriginFile, served: Served): Promise<{ address: string; port: number; close: () => Promise<void> }> {
	const origin = await serveOrigin(() => ({ ...file, serve: served }), certificates);
	if (served === "nothing") await origin.close();
	return {
		// The broadcast address of loopback: the system has no way there.
		address: served === "no-route" ? "127.255.255.255" : "127.0.0.1",
		port: origin.port,
		close: served === "nothing" ? async () => {} : origin.close,
	};
}

async function look(file: OriginFile): Promise<{ verdict: OriginVerdict; url: string; ports: number[] }> {
	const secured = file.serve.startsWith("tls") || file.serve.endsWith("asked-with-tls");
	const target = readTarget(`${secured ? "https" : "http"}://origin.lab.example/`);
	assert.ok("url" in target);
	const places = [await serve(file, file.serve), ...(file.second === null ? [] : [await serve(file, file.second)])];
	const checked = places.map(({ address, port }) => {
		const one = checkOrigin(target, address, port, RULES);
		assert.ok(!("why" in one));
		return one;
	}) as [CheckedTarget, ...CheckedTarget[]];
	const looks = await lookAtOrigin(
		checked,
		{ ca: certificates.ca, insecure: true, httpVersion: 1, userAgent: "cf520-test", limitMs: LIMIT_MS },
		() => Date.UTC(2026, 10, 22, 12),
	);
	for (const place of places) await place.close();
	const later = looks.map(
		(one): Observation => ({
			...one,
			...(file.announced === null ? {} : { announcedFrameBytes: file.announced }),
			timings: { ...one.timings, endedMs: one.timings.endedMs + file.toldAfter * 1_000 },
		}),
	) as [Observation, ...Observation[]];
	return { verdict: judgeOrigin(later, null, Date.now()), url: target.url, ports: places.map((place) => place.port) };
}

/** What people read of it, and the findings in it. */
async function told(file: OriginFile): Promise<{ ids: string[]; messages: readonly Message[]; data: unknown }> {
	const { verdict, url, ports } = await look(file);
	const target = readTarget(url);
	assert.ok("url" in target);
	const { head, thread, data } = originReply(target, verdict);
	const messages = [head, ...thread];
	withinBudget(messages);
	assert.ok(wordsIn(originDelta(verdict)) <= 30, plainText(originDelta(verdict)));
	for (const secret of ["127.255.255.255", ...ports.map(String)])
		assert.ok(!JSON.stringify([messages, data]).includes(secret), "the address is in none of it");
	return {
		ids: (data.findings as { id: string }[]).map((one) => one.id),
		messages,
		data: { verdict: data.verdict, evidence: data.evidence, findings: data.findings },
	};
}

const wordsIn = (one: Text): number => plainText(one).split(/\s+/).length;

/** The result, and one message of evidence that fits on a phone. */
function withinBudget(messages: readonly Message[]): void {
	const counts = messages.map(words);
	assert.ok(
		counts.length <= 2 && (counts[0] ?? 0) <= 110 && (counts[1] ?? 0) <= 150,
		`${counts}: ${messages.map(flat).join("\n\n")}`,
	);
	for (const block of messages[1]?.blocks ?? []) {
		const lines = block.kind === "grid" ? gridLines(block) : block.kind === "table" ? block.lines : [];
		assert.ok(lines.length <= 7 && lines.every((line) => line.length <= 40), lines.join("\n"));
	}
}

async function check(t: TestContext, file: OriginFile): Promise<void> {
	const { ids, messages, data } = await told(file);
	if (file.name === "whole") assert.deepEqual(ids, []);
	else assert.ok(ids.includes(file.name), `${file.name} is not among ${ids.join(", ") || "no findings"}`);
	const file_ = (adapter: string, body: string) =>
		t.assert.fileSnapshot(
			`${file.what}\n\n${dated(normal(body))}\n`,
			new URL(`golden/findings/${adapter}/${file.name}.txt`, import.meta.url).pathname,
			{
				serializers: [String],
			},
		);
	file_(
		"terminal",
		[
			...messages.map((one) => renderTerminal(one, { colour: false, width: Number.POSITIVE_INFINITY, askPrefix: "" })),
			JSON.stringify(data, null, 1),
		].join("\n\n"),
	);
	file_(
		"discord",
		messages.flatMap((one) => partsOf(one, "container", []).map((part) => discordLines(part).join("\n"))).join("\n\n"),
	);
	file_("slack", messages.map((one) => slackLines(renderSlack(one)).join("\n")).join("\n\n"));
}

/** Certificates are new in every run. */
const dated = (text: string) => text.replace(/until \d{4}-\d{2}-\d{2}/g, "until 2026-11-23").replace(/1\d{9}/g, "1795348800");

for (const file of findingFiles()) test(`an origin shows ${file.name}: ${file.what}`, (t) => check(t, file));
