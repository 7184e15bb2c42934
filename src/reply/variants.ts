import type { Case } from "../judge/case.ts";
import { classify } from "../judge/classify.ts";
import { isFailure } from "../judge/pattern.ts";
import type { VariantVerdict } from "../judge/variants.ts";
import type { Variant, VariantSeen } from "../looks/variants.ts";
import { type Block, grid, type Message, message, say } from "../message/message.ts";
import { show } from "../message/show.ts";
import { type Text, text } from "../message/text.ts";

/** After "with", and by itself in a table of at most 40 columns. */
const NAMES: Readonly<Record<Variant, string>> = {
	plain: "plain GET",
	again: "same again",
	head: "HEAD",
	"no-encoding": "no compression",
	"other-agent": "User-Agent",
	http2: "HTTP/2",
	ipv6: "IPv6",
	"other-scheme": "http or https",
	"cookies-4k": "4 KB cookies",
	"cookies-16k": "16 KB cookies",
	"cookies-32k": "32 KB cookies",
	"cookies-64k": "64 KB cookies",
	"cookies-100k": "100 KB cookies",
};
const WITH: Readonly<Record<Variant, string>> = {
	...NAMES,
	"other-agent": "another User-Agent",
	"other-scheme": "the other of http and https",
	"cookies-4k": "4 KB of cookies",
	"cookies-16k": "16 KB of cookies",
	"cookies-32k": "32 KB of cookies",
	"cookies-64k": "64 KB of cookies",
	"cookies-100k": "100 KB of cookies",
};
const ROWS_MAX = 6;
const CELL_MAX_CHARS = 20;

export const lookingInVariants = (_one: Case): Message =>
	message("neutral", say(text`Trying other methods, cookies and protocols. I stop at the first difference.`));

/** What requests in variants showed, in at most 30 words, for the thread of a case. */
export const variantsDelta = (verdict: VariantVerdict): Text => resultWords(verdict);

/** Under it: the limit that they found, and a table in which equal results share a row. Pure. */
export function variantsBlocks(seen: readonly VariantSeen[], nowMs: number): Block[] {
	const limit = seen.findLast((one) => one.limitKb !== undefined)?.limitKb;
	const words =
		limit === undefined
			? null
			: say(
					text`The limit is between ${limit[0]} and ${limit[1]} KB of cookies. Cloudflare accepts 128 KB of request headers, so it is the origin's limit, or its proxy's.`,
				);
	return [words, grid(["Request", "Result"], rowsOf(seen, nowMs))].filter((block) => block !== null);
}

function rowsOf(seen: readonly VariantSeen[], nowMs: number): string[][] {
	const rows = new Map<string, Variant[]>();
	for (const { variant, look } of seen) {
		// What cannot be tried here says nothing.
		if (look === null) continue;
		const answer = classify(look, nowMs);
		const fails = isFailure(answer);
		const status = answer.status ?? (look.kind === "unreached" ? look.code : "no status");
		const result = `${show(String(status), 12)}${fails === null ? "" : fails ? ", fails" : ", works"}`;
		rows.set(result, [...(rows.get(result) ?? []), variant]);
	}
	return [...rows].slice(0, ROWS_MAX).map(([result, [first = "plain", ...others]]) => {
		const name = others.length === 0 ? NAMES[first] : `${NAMES[first]} +${others.length}`;
		return [name, show(result, CELL_MAX_CHARS)];
	});
}

function resultWords({ by, plainFails, value }: VariantVerdict): Text {
	if (by === "again")
		return plainFails
			? text`Intermittent: the same request failed and then worked.`
			: text`Intermittent: the same request worked and then failed.`;
	if (by !== null)
		return plainFails
			? text`It works with ${WITH[by]}; a plain request fails.`
			: text`It fails with ${WITH[by]}; a plain request works.`;
	return value === "same" ? text`It fails the same way every time.` : text`No request failed, in any variant.`;
}
