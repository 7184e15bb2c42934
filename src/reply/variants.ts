import type { Case } from "../judge/case.ts";
import { classify } from "../judge/classify.ts";
import { isFailure } from "../judge/pattern.ts";
import type { VariantVerdict } from "../judge/variants.ts";
import type { Variant, VariantSeen } from "../looks/variants.ts";
import { maskedUrl } from "../message/masking.ts";
import { columns, type Message, message, say, table, title } from "../message/message.ts";
import { show } from "../message/show.ts";
import type { Text } from "../message/text.ts";
import { code, text } from "../message/text.ts";

const NAMES: Readonly<Record<Variant, string>> = {
	plain: "plain GET",
	again: "the same again",
	head: "HEAD",
	"no-encoding": "no compression",
	"other-agent": "another User-Agent",
	http2: "HTTP/2",
	ipv6: "IPv6",
	"other-scheme": "http instead of https, or the other way",
	"cookies-4k": "4 KB of cookies",
	"cookies-16k": "16 KB of cookies",
	"cookies-32k": "32 KB of cookies",
	"cookies-64k": "64 KB of cookies",
	"cookies-100k": "100 KB of cookies",
};

export const lookingInVariants = (one: Case): Message =>
	message(
		"neutral",
		say(text`Looking at ${code(maskedUrl(one.url), 120)} in variants, one after the other; I stop when one changes the result.`),
	);

/** What the variants of a look showed. Pure. */
export function variantsMessage(_one: Case, seen: readonly VariantSeen[], verdict: VariantVerdict, nowMs: number): Message {
	const rows = seen.map(({ variant, look }) => {
		if (look === null) return [NAMES[variant], "not possible here"];
		const answer = classify(look, nowMs);
		const fails = isFailure(answer);
		return [
			NAMES[variant],
			`${answer.status ?? (look.kind === "unreached" ? look.code : "no status")}${fails === null ? "" : fails ? ", fails" : ", works"}`,
		];
	});
	const limit = seen.findLast((one) => one.limitKb !== undefined)?.limitKb;
	return message(
		"neutral",
		title(resultWords(verdict)),
		limit === undefined
			? null
			: say(
					text`The limit lies between ${limit[0]} and ${limit[1]} KB of cookies. Cloudflare takes 128 KB of request headers in all, so it is the origin's, or a proxy's in front of it.`,
				),
		table(columns(rows).map((line) => show(line, 120))),
	);
}

function resultWords({ by, plainFails, value }: VariantVerdict): Text {
	if (by === "again")
		return text`The same request ${plainFails ? "failed and then worked" : "worked and then failed"}: it is a matter of chance, and variants cannot tell.`;
	if (by !== null)
		return text`${plainFails ? "It works" : "It fails"} with ${NAMES[by]}; the plain look ${plainFails ? "fails" : "works"}.`;
	return value === "same"
		? text`Nothing that I varied changes the result: it fails every time.`
		: text`Nothing failed, in any variant.`;
}
