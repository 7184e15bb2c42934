import { plain } from "./words.ts";

/** What is read of one text; everything that reads people's texts takes this much. */
const CLEAN_MAX_CHARS = 1_000_000;

/** Escape sequences of terminals (ECMA-48 §5.4), and what is left of them where the escape character itself got lost on the way. */
const ANSI =
	/(?:\u001b|\u009b|\\u001b|\\x1b|\\033|\\e|\^\[)(?:\[[0-?]{0,20}[ -/]{0,3}[@-~]|\][^\u0007\u001b\n]{0,200}(?:\u0007|\u001b\\)|[()][0-9A-B])|\u001b/gi;
const ANSI_REMAINS = /\[(?:\d{1,2}(?:;\d{1,3}){0,4})?m|\[K(?![a-z])/g;

const ENTITIES: Readonly<Record<string, string>> = {
	quot: '"',
	apos: "'",
	lt: "<",
	gt: ">",
	amp: "&",
	nbsp: " ",
	bull: "•",
	middot: "·",
	ndash: "-",
	mdash: "-",
	hellip: "…",
	rarr: "→",
};
const ENTITY = /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,8}));/gi;

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
	if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
	const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
	// A line end or a control character in an entity is content of a page, no line of the text.
	return code < 0x20 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff ? " " : String.fromCodePoint(code);
}

/**
 * A text as the person saw it: free of what terminals, chats, pages and word processors put around it. Used once, before every reader.
 * Linear; total.
 * @param text as it came; may be of any length
 */
export function clean(text: string): string {
	let out = text.slice(0, CLEAN_MAX_CHARS).replace(/\r\n?/g, "\n");
	if (/[\u001b\u009b]|\\u001b|\\x1b|\\033|\^\[/i.test(out)) out = out.replace(ANSI, "").replace(ANSI_REMAINS, "");
	else if (/\[0?m/.test(out)) out = out.replace(ANSI_REMAINS, "");
	if (out.includes("&")) out = out.replace(ENTITY, entity);
	out = straight(plain(out));
	// Links as chats write them, and addresses that were made harmless on purpose.
	if (out.includes("<"))
		out = out
			.replace(/<(https?:\/\/[^\s<>|]{1,3000})(?:\|[^<>\n]{0,500})?>/gi, " $1 ")
			.replace(/<[@#!][\w^]{1,40}(?:\|[^<>\n]{0,80})?>/g, " ");
	if (out.includes("](")) out = out.replace(/\[[^[\]\n]{0,300}\]\(<?(https?:\/\/[^\s()<>]{1,3000})>?\)/gi, " $1 ");
	if (/hxxp|\[\.\]|\[dot\]|\(dot\)|\[:\]/i.test(out))
		out = out
			.replace(/\bhxxp(s?)(?=:|\[:\])/gi, "http$1")
			.replace(/\[:\]/g, ":")
			.replace(/\s?(?:\[\.\]|\[dot\]|\(dot\))\s?/gi, ".");
	return unquoted(unfenced(out));
}

/** Characters of other keyboards and of typesetting that stand for ASCII ones: full-width forms, dashes, angle quotes. */
function straight(text: string): string {
	return text
		.replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
		.replace(/[\u00ab\u00bb\u201f\u2033\u300c\u300d]/g, '"')
		.replace(/[\u201b\u2032\u00b4\u2039\u203a]/g, "'")
		.replace(/[\u2010-\u2015\u2212]/g, "-")
		.replace(/[\u2000-\u200a\u3000]/g, " ")
		.replace(/[\u2028\u2029\u0085]/g, "\n");
}

/** Code fences off, wherever they begin and end: a block may begin on the fence's own line. */
function unfenced(text: string): string {
	if (!/```|~~~|`/.test(text)) return text;
	return (
		text
			// The language behind a fence stands alone on its line.
			.replace(/\n?(?:```|~~~)(?:[\w+#.-]{1,20}(?=[ \t]{0,20}\n))?[ \t]{0,20}\n?/g, "\n")
			// A whole line as code.
			.replace(/^([ \t]{0,20})`{1,2}([^`\n]{1,4000})`{1,2}([ \t.,;:!?]{0,5})$/gm, "$1$2$3")
			.replace(/^\n+/, "")
	);
}

const REQUEST_LINE = /^> ?(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ HTTP\//;
const QUOTED = /^[ \t]{0,3}(?:>|\|(?= ))/;

/** Quotation marks before lines off, but for those of `curl -v`, which mark what was sent. */
function unquoted(text: string): string {
	if (!/^[ \t]{0,3}>/m.test(text)) return text;
	const lines = text.split("\n");
	let start = -1;
	for (let nth = 0; nth <= lines.length; nth += 1) {
		const quoted = nth < lines.length && QUOTED.test(lines[nth] ?? "") && (lines[nth] ?? "").trimStart().startsWith(">");
		if (quoted && start < 0) start = nth;
		if (quoted || start < 0) continue;
		let sent = false;
		for (let at = start; at < nth; at += 1) sent ||= REQUEST_LINE.test(lines[at] ?? "");
		if (!sent) for (let at = start; at < nth; at += 1) lines[at] = (lines[at] ?? "").replace(/^[ \t]{0,3}>+ ?/, "");
		start = -1;
	}
	return lines.join("\n");
}
