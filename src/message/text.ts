import { show } from "./show.ts";

/** A piece of a line. `ask` is something to type to the bot; each adapter shows how it is asked there. `time` is Unix milliseconds. */
export type Span =
	| { readonly t: "plain"; readonly s: string }
	| { readonly t: "bold"; readonly s: string }
	| { readonly t: "code"; readonly s: string }
	| { readonly t: "ask"; readonly s: string }
	| { readonly t: "link"; readonly url: string; readonly s: string }
	| { readonly t: "time"; readonly ms: number };

/** A line or paragraph of a reply, free of any platform's markup. */
export type Text = readonly Span[];

type Part = string | number | Span | Text;

/**
 * Builds a text. The literal parts are ours; whatever is put in as a string is foreign and goes through {@link show}.
 * @example text`The origin promised ${declared} bytes, server ${code(server)}.`
 */
export function text(literals: TemplateStringsArray, ...parts: readonly Part[]): Text {
	const out: Span[] = [];
	literals.forEach((literal, index) => {
		if (literal !== "") out.push({ t: "plain", s: literal });
		const part = parts[index];
		if (part === undefined) return;
		if (typeof part === "string") out.push({ t: "plain", s: show(part) });
		else if (typeof part === "number") out.push({ t: "plain", s: String(part) });
		else if (isSpan(part)) out.push(part);
		else out.push(...part);
	});
	return out;
}

const isSpan = (part: Span | Text): part is Span => !Array.isArray(part);

export const bold = (s: string): Span => ({ t: "bold", s: show(s) });
/** Foreign or exact text, as code. */
export const code = (s: string, max?: number): Span => ({ t: "code", s: show(s, max) });
export const ask = (s: string): Span => ({ t: "ask", s: show(s, 400) });
export const time = (ms: number): Span => ({ t: "time", ms });
/** Words from our own tables: not foreign, not cut. Text between backticks becomes code. */
export const ours = (s: string): Text =>
	s.split(/`([^`]+)`/).flatMap((part, nth): Text => (part === "" ? [] : [{ t: nth % 2 === 1 ? "code" : "plain", s: part }]));
/** Only for addresses that are written in our own source. */
export const link = (url: string, s: string): Span => ({ t: "link", url, s });

/** The same text as the beginning of a line: its first letter is a capital one. */
export function atLineStart(words: Text): Text {
	const [first, ...rest] = words;
	if (first?.t !== "plain") return words;
	return [{ t: "plain", s: `${first.s.slice(0, 1).toUpperCase()}${first.s.slice(1)}` }, ...rest];
}

/** Texts side by side. */
export function join(texts: readonly Text[], between = " "): Text {
	return texts.flatMap((one, index) => (index === 0 ? one : [{ t: "plain", s: between } as const, ...one]));
}

/** The text without any markup, times in UTC: for titles, fall-backs, tests and JSON. */
export function plainText(spans: Text, how: { ask?: (s: string) => string } = {}): string {
	return spans
		.map((span) => {
			switch (span.t) {
				case "time":
					return utc(span.ms);
				case "ask":
					return how.ask?.(span.s) ?? span.s;
				case "link":
					return span.url;
				default:
					return span.s;
			}
		})
		.join("");
}

/** `17:25:07 UTC`; with the day in front where that is not the day of `nowMs`. */
export function clock(ms: number, nowMs: number): string {
	const [day, hours] = [utc(ms).slice(0, 10), utc(ms).slice(11)];
	return day === utc(nowMs).slice(0, 10) ? hours : `${day} ${hours}`;
}

/** `2024-07-23 17:25:07 UTC`, cut to the second. */
export function utc(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
