import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { message, note, say, table, title } from "../src/message/message.ts";
import { text } from "../src/message/text.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { firstAnswer } from "./pictures/first-answer.ts";
import { threadSvg } from "./pictures/svg.ts";
import { elementsOf } from "./reply/markup.ts";

const PICTURE = "test/golden/first-answer.svg";
const root = new URL("../", import.meta.url);

test("README's picture is the first answer as it is given today", async (t) => {
	const svg = await firstAnswer();
	elementsOf(svg);
	assert.match(svg, /^<svg [^>]*role="img"[^>]* width="780" .*<title id="title">.*<desc id="desc">/s);
	assert.doesNotMatch(svg, /foreignObject|<script|href|url\(|@import|lab\.example/);
	t.assert.fileSnapshot(svg, new URL(PICTURE, root).pathname, { serializers: [String] });
});

test("README shows that picture, with what is on it", () => {
	assert.match(readFileSync(new URL("README.md", root), "utf8"), new RegExp(`!\\[[^\\]]{20,}\\]\\(${PICTURE}\\)`));
});

test("whatever a message says, its picture is well-formed, and as wide as ever", () => {
	const drawn = (words: string) => {
		const told = message(
			"likely",
			title(text`${words}`, text`${words}`),
			say([{ t: "code", s: words }]),
			table([words]),
			note(text`${words}`),
		);
		return threadSvg({ who: words, asked: words, head: told, under: [told], title: words, description: words });
	};
	for (const [what, of] of Object.entries({
		...HOSTILE_TEXTS,
		markup: (_chars: number) => `</text></svg><script>]]>\0\ud800&amp;"'`,
	})) {
		const elements = elementsOf(drawn(of(300)));
		assert.ok(
			elements.every(({ name }) => /^(?:svg|title|desc|style|rect|path|circle|text|tspan)$/.test(name)),
			what,
		);
		assert.equal(elements[0]?.attributes.width, "780");
	}
});
