/** Lines end with LF, CR LF, or with CR alone in files of old systems. */
const LINE_END = /\r\n?|[\n\u2028\u2029]/;

/** Colors of terminals (ECMA-48 §8.3.117) and of grep, as bytes and as loggers write ESC out; and what is left where ESC itself was lost. */
const ANSI =
	/(?:\u001b|\\x1b|\\u001b|\\033|#033|\^\[)\[[0-9;?]{0,20}[A-Za-z]|\u001b\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\)|\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m(?!\w*\])|\[K/gi;
const INVISIBLE = /[\u200b-\u200f\u2060\ufeff\u00ad]/g;
const BLANKS = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const ENTITY = /&(?:quot|apos|lt|gt|nbsp|amp|#0?3[49]|#x2[27]);/gi;
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", nbsp: " ", amp: "&" };
const CURLY = /[\u201c-\u201f\u00ab\u00bb\u2033\uff02]/g;
const CURLY_SINGLE = /[\u2018-\u201b\u2039\u203a\u2032]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;

/** A pasted log as lines; numbers of lines stay. */
export interface CleanLines {
	/** Without what terminals, chats, mail and word processors put into them. */
	readonly lines: readonly string[];
	/** The same with typographic quotes and dashes as they are: inside JSON they are content. */
	readonly exact: readonly string[];
	/** Number of the line in which the first fence opens, from 1; null for none. */
	readonly fence: number | null;
}

/** Takes colors, invisible characters, entities, fences and quotes off. Linear; what is clean already stays as it is. */
export function cleanLines(text: string): CleanLines {
	const plain = plainOf(text);
	const raw = plain.split(LINE_END);
	const opens = plain.includes("```") ? raw.findIndex((line) => /^\s*```/.test(line)) : -1;
	const fence = opens === -1 ? null : opens + 1;
	const exact = raw.map(unmarked);
	if (!/[\u00ab\u00bb\u2010-\u203a\u2212\uff02]/.test(plain)) return { lines: exact, exact, fence };
	return {
		fence,
		lines: exact.map((line) => line.replace(CURLY, '"').replace(CURLY_SINGLE, "'").replace(DASHES, "-")),
		exact,
	};
}

function plainOf(text: string): string {
	// Most logs are ASCII: one test saves eight passes.
	const seen = /[[\\#^]/.test(text) ? text.replace(ANSI, "") : text;
	const decoded = seen.includes("&")
		? seen.replace(ENTITY, (entity) => {
				const name = entity.slice(1, -1).toLowerCase();
				return ENTITIES[name] ?? (/(?:9|7)$/.test(name) ? "'" : '"');
			})
		: seen;
	return /[^\0-\x7f]/.test(decoded) ? decoded.replace(INVISIBLE, "").replace(BLANKS, " ") : decoded;
}

/** A line without marks of quotes, fences and code around it. */
function unmarked(line: string): string {
	let rest = line;
	if (rest.includes("`"))
		rest = rest
			.replace(/^\s*```(?:[a-z]{1,12}$)?/, "")
			.replace(/```\s*$/, "")
			.replace(/^\s*`([^`]+)`\s*$/, "$1");
	return /^(?:\s{0,3}> ?){1,5}(?=[\d[{"A-Za-z])/.test(rest) ? rest.replace(/^(?:\s{0,3}> ?){1,5}/, "") : rest;
}

/** What shippers and tools put before a line, and what may stand there several times. */
const PREFIXES: readonly RegExp[] = [
	// docker compose, foreman, PM2 and swarm: `web-1  | `
	/^[\w.@/:-]{1,80} {0,30}\| ?/,
	// kubectl --prefix and stern
	/^\[(?:pod|container)\/[\w./-]{1,200}\] /,
	// CRI: time, stream, full or partial
	/^\d{4}-\d{2}-\d{2}T[\d:.]{8,20}(?:Z|[+-]\d{2}:\d{2}) (?:stdout|stderr) [FP] /,
	// grep: file and number of the line
	/^[\w./-]{1,200}\.(?:log|err|txt|out)(?:\.\d{1,3})?(?:[:-]\d{1,9})?[:-] ?/,
	// Lists in chats
	/^\s{0,4}(?:[-*\u2022] )(?=\d|\[|\{|[A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:)/,
	// Priority of syslog (RFC 5424 §6.2.1)
	/^<\d{1,3}>(?:1 )?/,
];
const PREFIXES_MAX = 3;

/** A line without what shippers and tools put before it. */
export function afterPrefix(line: string): string {
	let rest = line;
	for (let nth = 0; nth < PREFIXES_MAX; nth += 1) {
		const found = PREFIXES.find((prefix) => prefix.test(rest));
		if (found === undefined) return rest;
		rest = rest.replace(found, "");
	}
	return rest;
}
