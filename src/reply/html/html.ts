/** A piece of markup in which everything that is not ours was escaped. It serves HTML and SVG alike. */
export interface Html {
	readonly markup: string;
}

type Part = string | number | null | Html | readonly Html[];

/**
 * Builds markup. The literal parts are ours; whatever is put in is text, and is escaped, unless it was built here too.
 * @example html`<p>${nameOfSomeone}</p>`
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
	let markup = literals[0] ?? "";
	for (let nth = 0; nth < parts.length; nth += 1) markup += markupOf(parts[nth] ?? null) + (literals[nth + 1] ?? "");
	return { markup };
}

function markupOf(part: Part): string {
	if (part === null) return "";
	if (typeof part === "string" || typeof part === "number") return escaped(String(part));
	return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const SIGN = /[&<>"']/g;
/** Control, format and private characters, half pairs, and the two that no XML document may hold. Line ends and tabs stay. */
const UNSEEN = /[^\P{C}\n\t]|[\u2028\u2029\ufffe\uffff]/gu;

/** Most texts have none of either. */
const UNUSUAL = /[^ -~\n\t]|[&<>"']/;

/** Text for between tags and for quoted attributes: markup as entities, invisible characters made visible. */
const escaped = (text: string): string => {
	if (!UNUSUAL.test(text)) return text;
	return text
		.replace(UNSEEN, (char) => `«U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}»`)
		.replace(SIGN, (sign) => SIGNS[sign] ?? "");
};
