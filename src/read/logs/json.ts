import { afterPrefix } from "./clean.ts";
import { type LineTime, timeIn } from "./time.ts";

/** An object of a JSON log. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Objects that a line, or several lines, hold. */
interface JsonBlock {
	/** How many lines it takes. */
	readonly lines: number;
	/** Each with its first line, counted from the block's first. */
	readonly objects: readonly { readonly value: JsonObject; readonly line: number }[];
}

const OBJECTS_MAX = 20_000;
const BLOCK_LINES_MAX = 5_000;
const WRAPPED_LINES_MAX = 100;
const PREFIX_MAX_CHARS = 400;

/**
 * Reads JSON logs as they arrive: one object a line, behind a prefix or not; in an array; pretty-printed over several lines. One for each
 * text, because it bounds the work for what begins like JSON and never ends.
 */
export function jsonReader(lines: readonly string[]): (at: number) => JsonBlock | null {
	let budget = 2 * lines.reduce((sum, line) => sum + line.length + 1, 0) + 1_000;
	return (at) => {
		const line = lines[at] ?? "";
		const start = line.search(/[{[]/);
		if (start < 0 || start > PREFIX_MAX_CHARS) return null;
		const here = ofOneLine(line);
		if (here !== null) return { lines: 1, objects: here.map((value) => ({ value, line: 0 })) };
		const body = afterPrefix(line);
		// In order: pretty-printed; one line that was wrapped in the middle of a text.
		for (const [begins, isWrapped] of [
			[/^\s*(?:\[|\{|\[\s*\{)\s*$|^\s*[[{].{0,2000}[[{,]\s*$/, false],
			[/^\s*(?:\[\s*)?\{\s*"/, true],
		] as const) {
			if (budget <= 0 || !begins.test(body)) continue;
			const block = blockAt(lines, at, { budget, isWrapped });
			budget -= block.chars;
			if (block.objects !== null) return { lines: block.lines, objects: block.objects };
		}
		return null;
	};
}

/** The objects of one line: from its first brace, or the bracket before it, to its end. `{}` in a sentence does not count. */
function ofOneLine(line: string): readonly JsonObject[] | null {
	const brace = line.indexOf("{");
	if (brace < 0 || brace > PREFIX_MAX_CHARS || !/[}\]]\s*,?\s*$/.test(line.slice(-12))) return null;
	const bracket = /\[\s*$/.exec(line.slice(0, brace))?.index;
	const whole = withoutComma(line);
	const objects =
		objectsOf(parsed(whole.slice(bracket ?? brace))) ?? (bracket === undefined ? null : objectsOf(parsed(whole.slice(brace))));
	return objects?.some((one) => Object.keys(one).length > 1) === true ? objects : null;
}

/** Entries that were copied out of an array end in a comma. */
const withoutComma = (text: string) => text.trimEnd().replace(/,$/, "");

/** An object as one line; empty for one that is too deep to be written (`JSON.parse` takes any depth, `JSON.stringify` does not). */
export function compactOf(object: JsonObject): string {
	try {
		return JSON.stringify(object);
	} catch {
		return "";
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** Names under which exports keep their entries: CloudWatch, Elasticsearch, Loki, Google Cloud and others. */
const LISTS: readonly string[] = [
	"events",
	"logEvents",
	"entries",
	"logs",
	"records",
	"items",
	"hits",
	"values",
	"results",
	"data",
];

/** The entries that a value is or holds; null when it holds none. */
function objectsOf(value: unknown, depth = 0): readonly JsonObject[] | null {
	if (Array.isArray(value)) {
		const objects = value.filter(isObject).slice(0, OBJECTS_MAX);
		return objects.length === 0 ? null : objects.map((one) => (isObject(one._source) ? one._source : one));
	}
	if (!isObject(value)) return null;
	if (depth < 3 && !("log" in value && isObject(value.log)))
		for (const name of LISTS) {
			const inner = value[name];
			const found = Array.isArray(inner) || (name === "hits" && isObject(inner)) ? objectsOf(inner, depth + 1) : null;
			if (found !== null) return found;
		}
	return [value];
}

/** A block that begins in a line and goes on until its brackets close. */
function blockAt(
	lines: readonly string[],
	at: number,
	{ budget, isWrapped }: { readonly budget: number; readonly isWrapped: boolean },
): { readonly lines: number; readonly chars: number; readonly objects: JsonBlock["objects"] | null } {
	let depth = 0;
	let inString = false;
	let chars = 0;
	const bodies: string[] = [];
	const starts: number[] = [];
	for (let nth = 0; at + nth < lines.length && nth < (isWrapped ? WRAPPED_LINES_MAX : BLOCK_LINES_MAX); nth += 1) {
		const body = afterPrefix(lines[at + nth] ?? "");
		bodies.push(body);
		chars += body.length + 1;
		if (chars > budget) break;
		for (let index = 0; index < body.length; index += 1) {
			const char = body[index];
			if (char === "\\" && inString) index += 1;
			else if (char === '"') inString = !inString;
			else if (inString) continue;
			else if (char === "{" || char === "[") {
				depth += 1;
				if (char === "{" && depth === 2) starts.push(nth);
			} else if (char === "}" || char === "]") depth -= 1;
		}
		// Strings of JSON end in their own line (RFC 8259 §7).
		if (!isWrapped) inString = false;
		if (depth <= 0 && !inString) {
			const value = isWrapped
				? (parsed(bodies.map((one) => one.trim()).join(" ")) ?? parsed(bodies.join("")))
				: parsed(withoutComma(bodies.join("\n")));
			const objects = objectsOf(value);
			const inArray = Array.isArray(value) && objects?.length === starts.length;
			return {
				lines: nth + 1,
				chars,
				objects: objects?.map((one, index) => ({ value: one, line: inArray ? (starts[index] ?? 0) : 0 })) ?? null,
			};
		}
	}
	return { lines: 0, chars, objects: null };
}

/** The scalars of an object by their names in lower case, those nearest to its top first. */
export type Scalars = ReadonlyMap<string, string | number | boolean>;

const KEYS_MAX = 200;
const DEPTH_MAX = 5;
/** What is in them happened elsewhere: a response that this program received, for one. */
const ELSEWHERE = /^(?:err|error|exception|cause|upstream|origin)$/;

/** @returns each scalar by its own name and by `parent.name` */
export function scalarsOf(object: JsonObject): Scalars {
	const found = new Map<string, string | number | boolean>();
	let level: readonly (readonly [path: string, value: JsonObject])[] = [["", object]];
	for (let depth = 0; depth < DEPTH_MAX && level.length > 0 && found.size < KEYS_MAX; depth += 1) {
		const next: (readonly [string, JsonObject])[] = [];
		for (const [path, value] of level) {
			for (const [key, member] of Object.entries(value).slice(0, KEYS_MAX)) {
				const name = key.toLowerCase();
				const one = Array.isArray(member) ? member[0] : member;
				const full = path === "" ? name : `${path}.${name}`;
				if (isObject(one)) {
					if (!ELSEWHERE.test(name) && next.length < KEYS_MAX) next.push([name, one]);
				} else if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") {
					if (found.size >= KEYS_MAX) break;
					if (!found.has(full)) found.set(full, one);
					if (!found.has(name)) found.set(name, one);
				}
			}
		}
		level = next;
	}
	return found;
}

const first = (scalars: Scalars, names: readonly string[]) => {
	for (const name of names) {
		const value = scalars.get(name);
		if (value !== undefined && value !== "") return value;
	}
	return undefined;
};

/** The text under the first of these names that there is; null for none. */
export const textOf = (scalars: Scalars, names: readonly string[]): string | null => {
	const value = first(scalars, names);
	return value === undefined ? null : String(value);
};

/** The number under the first of these names, also where it is written as a text; null for none. */
export function numberOf(scalars: Scalars, names: readonly string[]): number | null {
	const value = first(scalars, names);
	return value === undefined || !/^-?\d{1,15}(?:\.\d{1,9})?$/.test(String(value)) ? null : Number(value);
}

const TIMES: readonly string[] = [
	"time",
	"timestamp",
	"@timestamp",
	"ts",
	"time_iso8601",
	"time_local",
	"datetime",
	"date",
	"starttime",
	"startutc",
	"start_time",
	"eventtime",
	"asctime",
	"msec",
	"__realtime_timestamp",
	"t",
	"@t",
];

/** The time that an object tells under one of the usual names. */
export function timeOfObject(scalars: Scalars, nearMs: number | null): LineTime | null {
	for (const name of TIMES) {
		const value = scalars.get(name);
		if (value === undefined || typeof value === "boolean") continue;
		const text = String(value);
		// Seconds, or thousandths, millionths and billionths of them, since 1970; as in `timeIn`.
		const time = /^1\d{9}(?:\.\d{1,9})?$|^1\d{12}(?:\.\d{1,6})?$|^1\d{15}$|^1\d{18}$/.test(text)
			? {
					ms: Math.round(Number(text) / 10 ** ((text.split(".")[0] ?? "").length - 13)),
					zoneUnknown: false,
					zone: "certain" as const,
				}
			: timeIn(text, nearMs);
		if (time !== null) return time;
	}
	return null;
}

export const LEVELS: readonly string[] = ["level", "severity", "lvl", "loglevel", "log.level", "levelname", "priority", "@l"];
export const MESSAGES: readonly string[] = [
	"msg",
	"message",
	"log",
	"@message",
	"textpayload",
	"line",
	"event",
	"@m",
	"@mt",
	"body",
];

/**
 * An object as the same program writes it as text: `time level message key="value" …`. What is known as a line of text is then known as JSON
 * too.
 */
export function asText(scalars: Scalars, maxChars: number): string {
	const pair = (name: string, value: string | number | boolean) =>
		typeof value === "string" ? ` ${name}="${value}"` : ` ${name}=${value}`;
	let text = textOf(scalars, MESSAGES) ?? "";
	// What happened stands right behind the message, as in the console writers of zerolog, zap and logrus.
	for (const name of ["error", "err"]) {
		const value = scalars.get(name);
		if (value !== undefined) text += pair(name, value);
	}
	for (const [name, value] of scalars) {
		if (text.length > maxChars) break;
		if (!name.includes(".") && !MESSAGES.includes(name) && name !== "error" && name !== "err") text += pair(name, value);
	}
	return text.slice(0, maxChars);
}
