import assert from "node:assert/strict";

/** A small strict reader of the pages that we write: HTML and SVG in the form of XML, quoted attributes, everything closed. */

const VOID: ReadonlySet<string> = new Set(["meta"]);
const ATTRIBUTE = /\s([a-z][a-zA-Z:-]*)="([^"<>]*)"/y;
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s[a-z][a-zA-Z:-]*="[^"<>]*")*)\s?(\/?)>/y;

/** An element as it was opened. */
export interface Opened {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	/** How many elements are around it. */
	readonly depth: number;
}

/** @throws where a page is not well-formed, or holds a character that no page may hold */
export function elementsOf(page: string): readonly Opened[] {
	assert.doesNotMatch(page, /[^\P{C}\n\t]|[\u2028\u2029\ufffe\uffff]/u, "characters that nobody sees");
	const out: Opened[] = [];
	const around: string[] = [];
	let at = page.startsWith("<!doctype html>\n") ? "<!doctype html>\n".length : 0;
	while (at < page.length) {
		if (page[at] !== "<") {
			const next = page.indexOf("<", at);
			const text = page.slice(at, next < 0 ? page.length : next);
			if (around.at(-1) === "style") assert.doesNotMatch(text, /url\(|@import|expression/i);
			else assert.doesNotMatch(text, />|&(?!(?:amp|lt|gt|quot|#39);)/, `text that is not escaped: ${text.slice(0, 200)}`);
			at += text.length;
			continue;
		}
		TAG.lastIndex = at;
		const [whole, closes, name = "", attributes = "", closed] = TAG.exec(page) ?? [];
		assert.ok(whole, `no tag of ours: ${page.slice(at, at + 120)}`);
		at += whole.length;
		if (closes === "/") {
			assert.equal(around.pop(), name, `closes another element: ${whole}`);
			continue;
		}
		out.push({ name, attributes: attributesOf(attributes, whole), depth: around.length });
		if (closed !== "/" && !VOID.has(name)) around.push(name);
	}
	assert.deepEqual(around, [], "elements that stay open");
	return out;
}

function attributesOf(text: string, tag: string): Record<string, string> {
	const out: Record<string, string> = {};
	for (ATTRIBUTE.lastIndex = 0; ATTRIBUTE.lastIndex < text.length; ) {
		const [, name = "", value = ""] = ATTRIBUTE.exec(text) ?? assert.fail(tag);
		assert.ok(!(name in out), `twice in one tag: ${name}`);
		assert.doesNotMatch(value, /&(?!(?:amp|lt|gt|quot|#39);)/, tag);
		out[name] = value;
	}
	return out;
}

/** A page that travels: no script, nothing loaded, nowhere led, headings in order, tables and pictures with their names. */
export function checkPage(page: string): readonly Opened[] {
	const elements = elementsOf(page);
	assert.doesNotMatch(page, /<script|<iframe|<object|<embed|<link|<base|<form/i);
	for (const { name, attributes } of elements) {
		for (const attribute of Object.keys(attributes))
			assert.doesNotMatch(attribute, /^(?:on|src|href|style$|xlink)/, `${name} ${attribute}`);
		if (name === "th") assert.match(attributes.scope ?? "", /^(?:row|col)$/);
		if (name === "svg") assert.equal(attributes.role, "img");
	}
	const ids = elements.flatMap(({ attributes: { id } }) => (id === undefined ? [] : [id]));
	assert.equal(new Set(ids).size, ids.length, "an id twice");
	const levels = elements.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []));
	assert.equal(levels[0], 1);
	for (const [nth, level] of levels.entries())
		assert.ok(level <= (levels[nth - 1] ?? 0) + 1, `a heading of level ${level} too deep`);
	return elements;
}
