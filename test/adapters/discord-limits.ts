/**
 * What Discord takes of a message or a form, as its documentation says (https://docs.discord.com/developers/components/reference,
 * https://docs.discord.com/developers/resources/message). Only as far as the bot uses it.
 */

interface Thing {
	readonly [key: string]: unknown;
}
const things = (value: unknown): readonly Thing[] => (Array.isArray(value) ? (value as Thing[]) : []);

export const COMPONENTS_V2 = 1 << 15;
const EPHEMERAL = 64;
const SUPPRESS_EMBEDS = 4;
const [ROW, BUTTON, SELECT, INPUT, TEXT, SEPARATOR, CONTAINER, LABEL] = [1, 2, 3, 4, 10, 14, 17, 18];

/** A message before it is edited. */
export interface Before {
	readonly isV2: boolean;
	readonly content: string;
	/** An answer that is still to come. */
	readonly isDeferred: boolean;
}

/**
 * Why Discord refuses a message; null: it takes it.
 * @param before the message that it edits; null: it is new
 */
export function messageRefusal(body: Thing, before: Before | null = null): string | null {
	const flags = Number(body.flags ?? 0);
	if ((flags & ~(COMPONENTS_V2 | EPHEMERAL | SUPPRESS_EMBEDS)) !== 0) return `flags ${flags}`;
	const mentions = mentionsRefusal(body.allowed_mentions);
	if (mentions !== null) return mentions;
	const isV2 = (flags & COMPONENTS_V2) !== 0;
	if (before?.isV2 === true && !isV2 && hasText(body)) return "content in a message of components";
	if (isV2 || before?.isV2 === true) return v2Refusal(body, before);
	const content = String(body.content ?? "");
	if (content.length > 2_000) return `content of ${content.length} characters`;
	const rows = things(body.components);
	if (content === "" && rows.length === 0 && body.form === undefined && before === null) return "an empty message";
	if (rows.length > 5) return `${rows.length} rows`;
	if (rows.some(({ type }) => type !== ROW)) return "a component of V2 without its flag";
	return insideRefusal(rows);
}

const hasText = ({ content, embeds }: Thing): boolean =>
	(typeof content === "string" && content !== "") || things(embeds).length > 0;

function v2Refusal(body: Thing, before: Before | null): string | null {
	if (hasText(body)) return "content beside components of V2";
	if (before !== null && !before.isV2 && before.content !== "" && !before.isDeferred && body.content === undefined)
		return "content stays in a message that becomes one of V2";
	const top = things(body.components);
	if (top.length === 0) return "no components";
	if (top.length > 10) return `${top.length} components at the top`;
	return insideRefusal(top);
}

function mentionsRefusal(allowed: unknown): string | null {
	const { parse, users, roles } = (allowed ?? {}) as Thing;
	if (!Array.isArray(parse) || parse.length > 0) return "mentions are parsed";
	if (roles !== undefined) return "roles may be mentioned";
	if (users !== undefined && !(Array.isArray(users) && users.length <= 100 && users.every((id) => /^\d{1,20}$/.test(String(id)))))
		return `users ${JSON.stringify(users)}`;
	return null;
}

/** Everything below the top: counts, lengths, ids. */
function insideRefusal(top: readonly Thing[]): string | null {
	const all = top.flatMap(within);
	if (all.length > 40) return `${all.length} components`;
	const chars = all.reduce((sum, one) => sum + (one.type === TEXT ? String(one.content ?? "").length : 0), 0);
	if (chars > 4_000) return `${chars} characters of text`;
	const ids = all.flatMap(({ custom_id: id }) => (id === undefined ? [] : [id]));
	if (new Set(ids).size < ids.length) return `two components with one custom_id: ${ids.join(" ")}`;
	for (const one of all) {
		const refusal = componentRefusal(one);
		if (refusal !== null) return refusal;
	}
	return null;
}

const within = (one: Thing): readonly Thing[] => [one, ...things(one.components).flatMap(within)];

function componentRefusal(one: Thing): string | null {
	const inside = things(one.components);
	switch (one.type) {
		case CONTAINER: {
			const color = one.accent_color;
			if (inside.length === 0) return "an empty container";
			if (inside.some(({ type }) => ![ROW, TEXT, SEPARATOR].includes(Number(type)))) return "a component that no container holds";
			return color === undefined || (typeof color === "number" && color >= 0 && color <= 0xffffff) ? null : `color ${color}`;
		}
		case TEXT:
			return textRefusal("text", one.content, 1, 4_000);
		case SEPARATOR:
			return null;
		case ROW:
			if (inside.length === 0 || inside.length > 5) return `${inside.length} components in a row`;
			return inside.some(({ type }) => type === SELECT) && inside.length > 1 ? "a select beside something" : null;
		case BUTTON:
			if (![1, 2, 3, 4].includes(Number(one.style))) return `style ${one.style}`;
			return textRefusal("label", one.label, 1, 80) ?? textRefusal("custom_id", one.custom_id, 1, 100);
		case SELECT:
			return selectRefusal(one);
		default:
			return `a component of type ${one.type}`;
	}
}

function selectRefusal(one: Thing): string | null {
	const options = things(one.options);
	if (options.length === 0 || options.length > 25) return `${options.length} options`;
	const values = options.map(({ value }) => value);
	if (new Set(values).size < values.length) return "two options with one value";
	for (const option of options) {
		const refusal = textRefusal("label", option.label, 1, 100) ?? textRefusal("value", option.value, 1, 100);
		if (refusal !== null) return refusal;
	}
	return (
		textRefusal("custom_id", one.custom_id, 1, 100) ??
		(one.placeholder === undefined ? null : textRefusal("placeholder", one.placeholder, 1, 150))
	);
}

function textRefusal(what: string, text: unknown, min: number, max: number): string | null {
	if (typeof text !== "string") return `${what} is ${JSON.stringify(text)}`;
	return text.length < min || text.length > max ? `${what} of ${text.length} characters: ${text.slice(0, 60)}` : null;
}

/** Why Discord refuses a form; null: it takes it. */
export function modalRefusal(body: Thing): string | null {
	const rows = things(body.components);
	if (rows.length === 0 || rows.length > 5) return `${rows.length} components in a form`;
	for (const row of rows) {
		if (row.type !== LABEL) return `a form's component of type ${row.type}`;
		const inside = (row.component ?? {}) as Thing;
		const refusal =
			textRefusal("label", row.label, 1, 45) ??
			(row.description === undefined ? null : textRefusal("description", row.description, 1, 100)) ??
			(inside.type === INPUT ? inputRefusal(inside) : inside.type === SELECT ? selectRefusal(inside) : `type ${inside.type}`);
		if (refusal !== null) return refusal;
	}
	return textRefusal("title", body.title, 1, 45) ?? textRefusal("custom_id", body.custom_id, 1, 100);
}

function inputRefusal(one: Thing): string | null {
	if (one.label !== undefined) return "a label inside a label";
	if (one.placeholder !== undefined && String(one.placeholder).length > 100) return "a placeholder over 100 characters";
	const max = Number(one.max_length ?? 4_000);
	return max >= 1 && max <= 4_000 ? textRefusal("custom_id", one.custom_id, 1, 100) : `max_length ${max}`;
}
