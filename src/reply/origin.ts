import { originEvidence } from "../judge/case-evidence.ts";
import type { OriginVerdict } from "../judge/origin.ts";
import { type Difference, type OriginSeen, triesPlainHttp } from "../judge/origin-findings.ts";
import type { ClassifiedLook } from "../judge/pattern.ts";
import { articleCauseOf } from "../knowledge/causes/list.ts";
import type { FindingId } from "../knowledge/findings/list.ts";
import { maskedUrl, maskedValue } from "../message/masking.ts";
import { type Block, buttons, list, type Message, message, say, title } from "../message/message.ts";
import { shellQuote } from "../message/show.ts";
import { ask, bold, clock, code, join, ours, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { directCurl } from "./commands.ts";
import { addressButton, addressHint } from "./origin-address.ts";
import { originDetails } from "./origin-details.ts";
import { allFindings, fixOf, isEdge, isHttp2Only, isNews, originState, pointsTo, type WordedFinding } from "./origin-words.ts";
import { OTHER_CODE_ASK, otherCodeTitle, otherCodeWords } from "./other-code.ts";
import type { Reply } from "./reply.ts";
import { lookTiming } from "./site-data.ts";
import { toRun } from "./to-run.ts";
import { hostWords, lowered } from "./words.ts";

export { originDelta } from "./origin-words.ts";

/** Findings in the head: more of them say little more of what to do. */
const FINDINGS_IN_HEAD = 2;

/** The first sign of life. */
export function lookingAtOrigin(target: Target, looks: number): Message {
	return message(
		"neutral",
		title(text`Checking the origin of ${hostWords(target)}…`),
		say(text`${looks} requests to the origin, one through Cloudflare. The IP address is never shown.`),
	);
}

export function originProgress(target: Target, done: number, of: number): Message {
	return message(
		"neutral",
		title(text`Checking the origin of ${hostWords(target)}…`),
		say(text`${done} of ${of} requests done.`),
	);
}

/** The answer to a question about an origin: the result and the one next step, with the evidence under it. Pure. The IP address is in none of it. */
export function originReply(target: Target, verdict: OriginVerdict): Reply {
	const ok = verdict.directOrigin === "ok";
	const findings = allFindings(verdict);
	const telling = findings.filter(({ level }) => level === "fault" || level === "warn");
	const inHead = hasFix(verdict) ? telling.slice(0, FINDINGS_IN_HEAD) : [];
	// When Cloudflare meets something else, the faults at this IP address need no fix.
	const further = findings.filter(
		(one) =>
			!inHead.includes(one) && one.level !== "good" && isNews(one) && (verdict.otherCode === null || one.level === "fault"),
	);
	const head = verdict.otherCode === null ? headOf(target, verdict, inHead) : otherCodeHead(target, verdict, verdict.otherCode);
	const difference = verdict.edge?.difference;
	return {
		private: false,
		head,
		thread: [originDetails(verdict, further, inHead[0] ?? null, startedAtMs(verdict))],
		data: {
			verdict: {
				kind: "origin",
				code: verdict.code,
				cause: verdict.cause,
				articleCause: articleCauseOf(verdict.cause),
				confidence: verdict.confidence,
				owner: ok ? "unknown" : "origin",
			},
			evidence: originEvidence(verdict) ?? {},
			ranked: [],
			ruledOut: [],
			findings: findings.map(({ id, level, span, say: words, look }) => ({
				id,
				level,
				look,
				...(span === undefined ? {} : { span }),
				say: words,
			})),
			rays: [],
			pattern: null,
			difference: difference == null ? null : { at: difference.at, name: difference.name ?? null },
			next:
				verdict.otherCode === null
					? {
							step: "paste-curl",
							ask: "Run the command on the origin itself and paste what it prints.",
							command: commandOf(target, verdict),
						}
					: { step: "origin-address", ask: OTHER_CODE_ASK },
			looks: verdict.seen.map(({ look, of, found: autopsy }) => ({
				look: of,
				status: autopsy?.reading.status ?? null,
				proxy: autopsy?.proxy ?? null,
				ending: look.kind === "answered" ? look.ending : null,
				error: look.kind === "unreached" ? look.code : null,
				...lookTiming(look),
			})),
		},
	};
}

/** Whether what was found is this origin's to fix: not Cloudflare's own, not what only Cloudflare may see, and not what it never meets. */
const hasFix = ({ otherCode, findings, directOrigin }: OriginVerdict): boolean =>
	otherCode === null && !isEdge(findings) && directOrigin !== "client-certificate-wanted" && directOrigin !== "no-route";

const startedAtMs = ({ example }: OriginVerdict): number => example.look.asked.startedAtMs;

function moodOf({ directOrigin, findings }: OriginVerdict, shown: readonly WordedFinding[]): Message["mood"] {
	if (directOrigin === "ok") return shown.length > 0 || isEdge(findings) ? "unclear" : "good";
	return directOrigin === "no-route" || directOrigin === "client-certificate-wanted" ? "unclear" : "bad";
}

/** What is wrong, or that nothing is; what it points to; how to fix it, or what settles it. */
function headOf(target: Target, verdict: OriginVerdict, shown: readonly WordedFinding[]): Message {
	const [first, ...others] = shown;
	const difference = verdict.edge?.difference;
	const means = meansWords(verdict);
	return message(
		moodOf(verdict, shown),
		title(originState(text`The origin of ${hostWords(target)}`, verdict)),
		means.length === 0 ? null : say(join(means)),
		// Where only the log can tell, the sentence before says so.
		first === undefined || (first.id === "no-bytes" && verdict.cause === null) ? null : say(findingWords(first)),
		list(others.filter(isNews).map(({ say: words }) => ours(words))),
		verdict.edge === null || difference == null || isMet(verdict) ? null : say(differenceWords(verdict.edge.seen, difference)),
		...(isEdge(verdict.findings) ? [] : toRun(nextWords(verdict), commandOf(target, verdict))),
		first === undefined
			? null
			: buttons(text`${ask(`explain ${first.id}`)} says more.`, {
					label: "Explain",
					action: { do: "ask", text: `explain ${first.id}` },
				}),
	);
}

/** What the number of bytes of headers shows. */
const MEASURED: ReadonlySet<FindingId> = new Set([
	"header-section-over-128k",
	"header-section-endless",
	"h2-fields-endless",
	"h2-fields-refused",
]);

/** To run on the origin itself. Headers that are too large are measured there: their first part alone looks like any other. */
function commandOf(target: Target, verdict: OriginVerdict): string {
	const of = curlRequest(verdict);
	return allFindings(verdict).some(({ id }) => MEASURED.has(id))
		? directCurl({ ...target, url: urlOf(target, of) }, isHttp2(of) ? "http2" : "http1.1")
		: curlCommand(target, of);
}

const isHttp2 = (of: OriginSeen["of"]): boolean => of === "http2" || of === "http2-again";
/** The URL as this request asked for it: in plain HTTP, where it did. */
const urlOf = ({ url }: Target, of: OriginSeen["of"]): string =>
	triesPlainHttp(of) ? url.replace(/^https:\/\/([^/]*?)(?::\d+)?\//, "http://$1/") : url;

const curlRequest = (verdict: OriginVerdict): OriginSeen["of"] => (isHttp2Only(verdict) ? "http2" : verdict.example.of);

/** The finding, and how to fix it. */
function findingWords(one: WordedFinding): Text {
	const fix = fixOf(one);
	const said = isNews(one) ? [ours(one.say)] : [];
	return join(fix === null ? said : [...said, text`${bold("Fix:")} ${ours(lowered(fix))}`]);
}

function meansWords(verdict: OriginVerdict): Text[] {
	const { code: number, directOrigin } = verdict;
	if (directOrigin === "ok" || isEdge(verdict.findings)) return [];
	const out: Text[] = [text`Requested at ${second(verdict)}.`];
	// Out of reach from here says nothing about Cloudflare's own way.
	if (number !== null && directOrigin !== "no-route")
		out.push(
			isHttp2Only(verdict)
				? text`While HTTP/2 to Origin is off, visitors get ${bold(String(number))}.`
				: text`Through Cloudflare, visitors ${isMet(verdict) ? "get" : "would get"} ${bold(String(number))}.`,
		);
	const points = pointsTo(verdict);
	if (points !== null) out.push(points);
	else if (number !== null && (directOrigin === "closed-empty" || directOrigin === "reset"))
		out.push(text`Only the log at that second can tell a crash from a deliberate close.`);
	return out;
}

/** Cloudflare returned the code just now that it makes of such a response: then the routes do not differ. */
const isMet = ({ code: number, edge }: OriginVerdict): boolean => number !== null && edge?.seen.classification.status === number;

/** `13:56:05 UTC`: the second in which the origin was asked. */
const second = (verdict: OriginVerdict): string => clock(startedAtMs(verdict), startedAtMs(verdict));

function differenceWords(edge: ClassifiedLook, difference: Difference): Text {
	switch (difference.at) {
		case "status":
			return text`Cloudflare returns ${bold(difference.edge)}, the origin ${bold(difference.origin)}.`;
		case "field":
			return text`The header ${code(difference.name ?? "", 40)} differs: ${code(maskedValue(difference.name ?? "", difference.edge), 40)} through Cloudflare, ${code(maskedValue(difference.name ?? "", difference.origin), 40)} from the origin.`;
		case "ending":
			return text`The response is ${difference.edge} through Cloudflare and ${difference.origin} from the origin.`;
		case "none":
			return edge.classification.status === null
				? text`Neither route returned a status.`
				: text`Both routes return the same status and headers.`;
	}
}

/** To run on the origin itself: the request that showed the fault, straight at the server, every byte as it came. */
export function curlCommand(target: Target, of: OriginSeen["of"]): string {
	const host = target.host.includes(":") ? `[${target.host}]` : target.host;
	const plain = triesPlainHttp(of);
	const url = shellQuote(maskedUrl(urlOf(target, of)));
	const at = plain
		? `${host}:80:127.0.0.1:${of === "flexible" ? 80 : target.port}`
		: `${host}:${target.port}:127.0.0.1:${target.port}`;
	const twice = of === "again" || of === "again-later";
	const options = [
		isHttp2(of) ? "--http2" : "--http1.1",
		...(of === "head" ? ["-I"] : ["--raw"]),
		...(of === "no-encoding" ? [] : ["-H 'Accept-Encoding: gzip'"]),
	];
	return `curl -sSvk ${options.join(" ")} --connect-to ${at} ${twice ? `${url} ${url}` : url} 2>&1 | head -c 20000`;
}

/** What the command is for. */
function nextWords({ directOrigin }: OriginVerdict): Text {
	if (directOrigin === "ok")
		return text`What may differ for Cloudflare: a firewall or rate limit, parallel requests, kept-alive connections, bigger cookies. While visitors see the error, run this on the origin and paste the output:`;
	return text`Run this on the origin and paste the output:`;
}

/** What was met is not what Cloudflare meets: what to compare, and what to ask for. No finding's fix, for there is nothing to fix here. */
function otherCodeHead(target: Target, verdict: OriginVerdict, other: NonNullable<OriginVerdict["otherCode"]>): Message {
	const compare: Block = say(
		text`${bold(OTHER_CODE_ASK)} Compare the A or AAAA record, the Origin Rules, and SSL/TLS > Overview: Full uses port 443, Flexible port 80.`,
	);
	return message(
		"unclear",
		title(otherCodeTitle(target)),
		say(join(otherCodeWords(verdict, other))),
		compare,
		buttons(addressHint(target), addressButton(target)),
	);
}
