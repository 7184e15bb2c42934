import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainFromDiscord } from "../../src/adapters/discord/plain.ts";
import { plainFromSlack } from "../../src/adapters/slack/plain.ts";
import { TEXT_READERS, type TextReader } from "../../src/desk/text-readers.ts";
import { readPaste } from "../../src/read/paste.ts";
import { readText } from "../../src/read/text/read.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";

const nowMs = Date.UTC(2026, 10, 22);
/** How each reader is given a text; a chat's own markup is taken off before. */
const READERS: Readonly<Record<TextReader | "read" | "slack" | "discord", (text: string) => unknown>> = {
	question: (text) => TEXT_READERS.question({ text, nowMs }),
	paste: (text) => {
		const paste = readPaste(text);
		return paste === null ? null : TEXT_READERS.paste({ paste, host: "shop.example" });
	},
	logs: (text) =>
		TEXT_READERS.logs({
			text,
			nearMs: nowMs,
			nowMs,
			failing: { window: { fromMs: nowMs - 60_000, toMs: nowMs }, rays: [], url: null },
		}),
	read: (text) =>
		readText(
			text,
			{ url: "https://shop.example/", rays: ["a5f74d31c0a1c3d5"], fromMs: nowMs - 60_000, toMs: nowMs, asks: "direct-origin" },
			nowMs,
		),
	slack: plainFromSlack,
	// Discord takes 4,000 characters at most (https://docs.discord.com/developers/resources/message); ten times that is measured.
	discord: (text) => plainFromDiscord(text.slice(0, text.length / 20)),
};

const SIZES = [10_000, 100_000, 900_000] as const;
/** In proportion, ten times as much takes ten times as long, and 100 times if it is quadratic. */
const RATIO_MAX = 30;
/** Milliseconds that are noise. */
const FLOOR_MS = 4;
/** On a busy machine a measurement may be anything but too small: the best of several counts. */
const TRIES = 6;
const MS_MAX = 3_000;
/** No further tries after this. */
const PATIENCE_MS = 6_000;

/** Whether the reader takes time in proportion: null, or the times. */
function outOfProportion(read: (text: string) => unknown, make: (chars: number) => string): string | null {
	const best = SIZES.map(() => Number.POSITIVE_INFINITY);
	let before = FLOOR_MS;
	for (const [nth, size] of SIZES.entries()) {
		const text = make(size);
		const growth = size / (SIZES[nth - 1] ?? size);
		const most = Math.min(MS_MAX, nth === 0 ? 400 : (before * growth * RATIO_MAX) / 10);
		const started = performance.now();
		for (let tries = 0; tries < TRIES; tries += 1) {
			const from = performance.now();
			read(text);
			best[nth] = Math.min(best[nth] ?? 0, performance.now() - from);
			if ((best[nth] ?? 0) <= most || performance.now() - started > PATIENCE_MS) break;
		}
		if ((best[nth] ?? 0) > most) return best.map((ms, at) => `${SIZES[at]}: ${ms.toFixed(1)} ms`).join(", ");
		before = Math.max(FLOOR_MS, best[nth] ?? 0);
	}
	return null;
}

describe("nine times the text takes nine times as long, whatever it holds", () => {
	for (const [reader, read] of Object.entries(READERS))
		it(reader, () => {
			const slow = Object.entries(HOSTILE_TEXTS).flatMap(([what, make]) => {
				const times = outOfProportion(read, make);
				return times === null ? [] : [`${what}: ${times}`];
			});
			assert.deepEqual(slow, []);
		});
});
