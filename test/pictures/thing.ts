/** A block, an element or a component as a chat's API takes it. */
export interface Thing {
	readonly [key: string]: unknown;
}

export const isThing = (value: unknown): value is Thing => typeof value === "object" && value !== null && !Array.isArray(value);
export const thing = (value: unknown): Thing => (isThing(value) ? value : {});
export const things = (value: unknown): Thing[] => (Array.isArray(value) ? value.filter(isThing) : []);
export const words = (value: unknown): string => (typeof value === "string" ? value : "");

/** What a chat has and this drawing has not: a picture that leaves it out would lie. */
export class NotDrawn extends Error {
	constructor(chat: string, what: unknown) {
		super(`${chat}: there is no drawing of ${JSON.stringify(what).slice(0, 200)}`);
	}
}

export const escaped = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** `<i class="…">…</i>`; what is inside is markup already. */
export const tag = (name: string, css: string, ...inside: readonly string[]): string =>
	`<${name}${css === "" ? "" : ` class="${css}"`}>${inside.join("")}</${name}>`;
