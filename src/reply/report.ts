import type { Case, Fact } from "../judge/case.ts";
import { rankCase } from "../judge/case.ts";
import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { EVIDENCE, labelOf } from "../knowledge/evidence.ts";
import { maskedValue } from "../message/masking.ts";
import { type Message, message, note, say, table, title } from "../message/message.ts";
import { text, utc } from "../message/text.ts";

/** Whom a statement is for. */
const AUDIENCES = ["host", "developer", "cloudflare"] as const;
type Audience = (typeof AUDIENCES)[number];

const answer = ({ key, value }: Fact) => (typeof value === "string" ? [value] : value).map((one) => labelOf(key, one)).join(", ");

/** A statement to forward: three to ten sentences with evidence, no private data, in plain text lines. Pure. */
function statement(one: Case, audience: Audience, nowMs: number): string[] {
	const { ranked, abstains } = rankCase(one);
	const [first] = ranked;
	const url = new URL(one.url);
	const site = maskedValue("location", `${url.origin}${url.pathname}`);
	const facts = one.facts.map(
		(fact) =>
			`- ${EVIDENCE[fact.key].name}: ${answer(fact)} (${fact.by === "look" ? "measured" : fact.by === "paste" ? "from pasted output" : "told"}, ${utc(fact.atMs)})`,
	);
	const { means } = codeWordsOf(one.code);
	const isNamed = !abstains && first !== undefined && isCause(first.cause);
	const likely = isNamed
		? [`Likeliest cause: ${CAUSES[first.cause].title} (${Math.round(first.probability * 100)} %).`]
		: one.code === "520"
			? ["No single cause can be named yet."]
			: [];
	const rays = one.rays.length === 0 ? [] : [`Ray IDs: ${one.rays.slice(0, 5).join(", ")}.`];
	const unseen = one.facts.some(({ key, value, by }) => by === "look" && key === "edge-pattern" && value === "not-reproduced");
	const opening = unseen
		? `Visitors of ${site} report Cloudflare's error ${one.code}; when looked at from elsewhere (${utc(one.openedAtMs)}) the page worked.`
		: `Since at least ${utc(one.openedAtMs)}, visitors of ${site} get Cloudflare's error ${one.code}.`;
	switch (audience) {
		case "host":
			return [
				opening,
				...(means === "" ? [] : [means]),
				...rays,
				"What is known:",
				...facts,
				...likely,
				"Please look in the server's error and access log at those times, at limits and firewalls that treat Cloudflare's addresses as visitors, and at restarts and memory.",
			];
		case "developer":
			return [
				opening,
				...rays,
				"What is known:",
				...facts,
				...likely,
				...(isNamed ? CAUSES[first.cause].fixes.map((line) => `- ${line}`) : []),
			];
		case "cloudflare":
			return [
				opening,
				`Full URL: ${site}`,
				...(one.rays.length === 0 ? ["Ray IDs: none collected yet."] : rays),
				`Times in UTC: ${utc(one.openedAtMs)} to ${utc(nowMs)}.`,
				`Output of ${url.origin}/cdn-cgi/trace: please attach it from an affected place.`,
				"What is known:",
				...facts,
				...likely,
			];
	}
}

/** All of them as one text, for a file. Pure. */
export function reportText(one: Case, nowMs: number): string {
	return [
		...AUDIENCES.flatMap((audience) => [`== ${TITLES[audience]} ==`, "", ...statement(one, audience, nowMs), ""]),
		"== For the status page ==",
		"",
		statusLine(one),
		"",
	].join("\n");
}

/** One line for a status page, without anything technical. */
function statusLine(one: Case): string {
	return one.solved === null
		? `Visitors of ${new URL(one.url).hostname} may see an error page. We are looking into it.`
		: `The error on ${new URL(one.url).hostname} is mended. Thank you for your patience.`;
}

const TITLES: Record<Audience, string> = {
	host: "For the hosting provider",
	developer: "For the developer",
	cloudflare: "For Cloudflare's support",
};

/** The statements of a case, each as a block to copy. */
export function reportMessages(one: Case, nowMs: number): Message[] {
	return [
		...AUDIENCES.map((audience) => message("neutral", title(text`${TITLES[audience]}`), table(statement(one, audience, nowMs)))),
		message(
			"neutral",
			title(text`For the status page`),
			table([statusLine(one)]),
			note(text`No addresses of visitors or origins, no cookies and no query strings are in these.`),
		),
	];
}

export const nothingToReport: Message = message(
	"neutral",
	say(text`There is no case in this thread: ask about the site here first.`),
);
