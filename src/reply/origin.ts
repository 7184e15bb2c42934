import { asksForHttp1, type Finding } from "../judge/autopsy.ts";
import { originEvidence } from "../judge/case-evidence.ts";
import type { OriginVerdict } from "../judge/origin.ts";
import { type Difference, type OriginFinding, type OriginSeen, triesPlainHttp } from "../judge/origin-findings.ts";
import type { ClassifiedLook } from "../judge/pattern.ts";
import { articleCauseOf } from "../knowledge/causes/list.ts";
import type { ValueOf } from "../knowledge/evidence.ts";
import { FINDINGS, PROXY_RULES } from "../knowledge/findings/list.ts";
import type { Observation } from "../looks/observation.ts";
import { maskedUrl, maskedValue } from "../message/masking.ts";
import { buttons, columns, command, list, type Message, message, note, say, table, title } from "../message/message.ts";
import { shellQuote, show } from "../message/show.ts";
import { ask, bold, code, ours, type Text, text, time } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import type { Reading } from "../read/wire/reading.ts";
import { alertName, alertNameOfCode } from "../read/wire/tls-alerts.ts";
import { hexView } from "./autopsy.ts";
import { disagreement, findingSentence } from "./findings.ts";
import { RESPONSE_HEADERS_MAX_BYTES } from "./headers.ts";
import { addressButton, addressHint } from "./origin-address.ts";
import { OTHER_CODE_ASK, otherCodeTitle, otherCodeWords } from "./other-code.ts";
import type { Reply } from "./reply.ts";
import { lookTiming } from "./site-data.ts";
import { grouped, hostWords, seconds } from "./words.ts";

const FAULTS_SHOWN_MAX = 3;
const FINDINGS_SHOWN_MAX = 10;
const FIELDS_SHOWN = 3;

const LOOK_WORDS = {
	get: "GET",
	again: "GET, same connection",
	"no-encoding": "GET, no Accept-Encoding",
	head: "HEAD",
	http2: "GET, HTTP/2",
	"other-address": "GET, other address",
	"once-more": "GET, new connection",
	"again-later": "GET, that connection again",
	"http2-again": "GET, HTTP/2 again",
	"plain-port": "GET, plain HTTP",
	flexible: "GET, plain HTTP, port 80",
} as const;

/** "looking straight at the origin of …": the first sign of life. */
export function lookingAtOrigin(target: Target, looks: number): Message {
	return message(
		"neutral",
		title(text`Looking straight at the origin of ${hostWords(target)}`),
		say(
			text`${looks} looks at the origin and one through Cloudflare, side by side; the verdict will stand here. The address is shown nowhere.`,
		),
	);
}

export function originProgress(target: Target, done: number, of: number): Message {
	return message(
		"neutral",
		title(text`Looking straight at the origin of ${hostWords(target)}`),
		say(text`${done} of ${of} looks are back; the verdict will stand here.`),
	);
}

/** What is wrong, or that nothing is, in a few sentences. */
function headOf(target: Target, verdict: OriginVerdict): Message {
	const { directOrigin, otherCode, code: number } = verdict;
	if (otherCode !== null)
		return message("unclear", title(otherCodeTitle(target)), ...otherCodeWords(verdict, otherCode).map((one) => say(one)));
	const warned = allFindings(verdict).some((one) => one.level === "warn") || isEdge(verdict.findings);
	const ok = directOrigin === "ok";
	const neutral = directOrigin === "no-route" || directOrigin === "client-certificate-wanted";
	const when = isHttp2Only(verdict) ? "While HTTP/2 to Origin is off" : "When Cloudflare meets the same";
	return message(
		ok ? (warned ? "unclear" : "good") : neutral ? "unclear" : "bad",
		title(headline(target, verdict)),
		number === null || ok ? null : say(text`${when}, visitors get ${bold(String(number))}${causeWords(verdict)}.`),
		number === null && !ok && verdict.cause !== null ? say(text`That speaks for ${causeName(verdict)}.`) : null,
		ok && warned ? say(text`There is something to mend all the same: see below.`) : null,
		verdict.edge?.difference == null ? null : say(differenceWords(verdict.edge.seen, verdict.edge.difference)),
	);
}

/** The answer to a question about an origin. Pure. The address is in none of it. */
export function originReply(target: Target, verdict: OriginVerdict): Reply {
	const ok = verdict.directOrigin === "ok";
	const head = headOf(target, verdict);
	const looks = message(
		"neutral",
		title(text`The same request, two routes`),
		table(lookRows(verdict)),
		list(detailWords(verdict)),
		certificateWords(verdict),
	);
	const findings = allFindings(verdict);
	const shown = findings.slice(0, FINDINGS_SHOWN_MAX);
	const found =
		shown.length === 0
			? null
			: message(
					"neutral",
					title(text`What the origin's answers show`),
					list(shown.map(findingWords)),
					...faultViews(verdict),
					note(
						text`${ask(`explain ${shown[0]?.id ?? "whole"}`)} tells more about the first one: who takes it, what curl says, how to mend it.`,
					),
				);
	const next = verdict.otherCode === null ? nextWords(target, verdict) : otherCodeNext(target);
	const difference = verdict.edge?.difference;
	return {
		private: false,
		head,
		thread: [looks, ...(found === null ? [] : [found]), next],
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
							command: curlCommand(target, isHttp2Only(verdict) ? "http2" : verdict.example.of),
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

const STATE: Record<ValueOf<"direct-origin">, string> = {
	ok: "answers well when asked directly: every look got a complete response that Cloudflare's parser takes.",
	"closed-empty": "takes the request and hangs up without a byte.",
	"closed-mid-body": "begins to answer and stops in the middle.",
	malformed: "answers with something that Cloudflare's parser refuses.",
	"header-section-too-large": "sends more response headers than Cloudflare takes.",
	reset: "breaks the connection off (reset).",
	"tls-failure": "breaks off in TLS.",
	"client-certificate-wanted":
		"wants a client certificate, which only Cloudflare has. That is Authenticated Origin Pulls and no fault; a direct look cannot see past it.",
	"wrong-protocol": "speaks another protocol on that port.",
	"server-error": "answers with a server error of its own.",
	slow: "takes the request and says nothing for as long as we waited.",
	refused: "refuses the connection.",
	"no-route":
		"cannot be reached from here. If it admits only Cloudflare's addresses, that is no fault: use the command below on the machine itself.",
};

const ENDLESS = "keeps sending, and never completes its response.";

/** What came was repeated without end, so that the look stopped. */
const isEndless = (found: OriginSeen["found"]): boolean =>
	(found?.reading.oddities ?? []).some(
		({ kind }) => PROXY_RULES[kind].outcome === "stalls" || kind === "h2-endless-header-block",
	);

/** The look went through Cloudflare after all. */
const isEdge = (findings: OriginVerdict["findings"]) => findings.some((one) => one.id === "answered-by-cloudflare");

/** Without HTTP/2 there is no response at all. */
const isHttp2Only = ({ findings, example }: OriginVerdict): boolean =>
	example.look.kind === "unreached" && findings.some((one) => one.id === "http2-only");

function headline(target: Target, verdict: OriginVerdict): Text {
	const { directOrigin, example, findings } = verdict;
	if (isEdge(findings))
		return text`That address of ${hostWords(target)} is answered by Cloudflare itself: it is the edge, not the origin.`;
	if (directOrigin === "ok" && verdict.seen.some(({ found }) => found !== null && asksForHttp1(found.reading)))
		return text`The origin of ${hostWords(target)} answers well over HTTP/1.1, and asks for that when it is asked over HTTP/2.`;
	if (isHttp2Only(verdict)) return text`The origin of ${hostWords(target)} speaks only HTTP/2.`;
	const state = text`The origin of ${hostWords(target)} ${ours(isEndless(example.found) ? ENDLESS : STATE[directOrigin])}`;
	const some = findings.find((one) => one.id === "some-requests-fail")?.what;
	if (some !== undefined && directOrigin !== "ok") return text`${state} That happened to ${some} requests; the others work.`;
	if (triesPlainHttp(example.of)) return text`${state} That is in plain HTTP, so Cloudflare's SSL/TLS mode is probably Flexible.`;
	return example.of === "get" || directOrigin === "ok"
		? state
		: text`${state} Only with ${LOOK_WORDS[example.of]}: the plain GET is well.`;
}

function causeName({ cause, confidence }: OriginVerdict): Text {
	const number = articleCauseOf(cause);
	return text`${bold(cause ?? "")}${number === null ? text`` : text` (cause ${number} of the five that ${ask("explain 520")} lists)`}, ${confidence}`;
}

function causeWords(verdict: OriginVerdict): Text {
	if (verdict.cause !== null) return text`. That speaks for ${causeName(verdict)}`;
	return verdict.directOrigin === "closed-empty" || verdict.directOrigin === "reset"
		? text`. Bytes alone do not tell a crash from a close on purpose: the origin's log at that second does`
		: text``;
}

function differenceWords(edge: ClassifiedLook, difference: Difference): Text {
	switch (difference.at) {
		case "status":
			return text`First difference: Cloudflare answers ${bold(difference.edge)}, the origin ${bold(difference.origin)}.`;
		case "field":
			return text`First difference: the field ${code(difference.name ?? "")} is ${code(maskedValue(difference.name ?? "", difference.edge), 60)} through Cloudflare and ${code(maskedValue(difference.name ?? "", difference.origin), 60)} at the origin.`;
		case "ending":
			return text`First difference: the answer is ${difference.edge} through Cloudflare and ${difference.origin} at the origin.`;
		case "none":
			return edge.classification.status === null
				? text`Neither route gives a status just now.`
				: text`Both routes give the same status and fields just now.`;
	}
}

const ENDING_WORDS = {
	fin: "closed in order",
	reset: "reset",
	"tls-eof": "closed without close_notify",
	"tls-alert": "TLS alert",
	"tls-garbage": "no TLS on the TLS connection",
	deadline: "time was up",
	enough: "complete",
} as const;

function endingWords({ look, found }: { look: Observation; found: OriginSeen["found"] }): string {
	if (look.kind === "unreached") {
		const alert = look.handshake?.alert == null ? alertNameOfCode(look.code) : alertName(look.handshake.alert);
		return alert === null ? look.code : `TLS alert: ${alert}`;
	}
	if (look.ending === "tls-alert") return `TLS alert: ${alertNameOfCode(look.endingCode) ?? "unnamed"}`;
	if (look.ending === "enough" && found?.reading.complete === false)
		return look.protocol === "h2" && !isEndless(found) ? "stream ended" : "we stopped";
	return ENDING_WORDS[look.ending];
}

/** When it ended, rounded so that a glance is enough. */
function endedWords(look: Observation): string {
	const ms = look.timings.endedMs - (look.timings.sentMs ?? 0);
	return ms < 1_000 ? "within 1 s" : `after ${seconds(ms)}`;
}

const lookName = ({ of, look }: OriginSeen): string =>
	(of === "http2" || of === "http2-again") && look.kind === "answered" && look.protocol !== "h2"
		? "GET, HTTP/2 not offered"
		: LOOK_WORDS[of];

function lookRows({ seen, edge }: OriginVerdict): string[] {
	const bytes = (n: number | null) => (n === null ? "-" : grouped(n));
	const row = (name: string, { look, found }: { look: Observation; found: OriginSeen["found"] }) => {
		const reading = found?.reading;
		const section = reading?.headerSection;
		return [
			name,
			look.kind === "unreached" ? "no connection" : (reading?.status?.toString() ?? "no status"),
			bytes(section == null ? null : section.end - section.start),
			reading === undefined
				? "-"
				: `${grouped(reading.contentBytes)}${reading.framing?.kind === "length" ? ` of ${grouped(reading.framing.declared)}` : ""}`,
			endingWords({ look, found }),
			endedWords(look),
		];
	};
	const rows = seen.map((one) => row(lookName(one), one));
	const through: string[][] =
		edge === null
			? []
			: [
					[
						"through Cloudflare",
						edge.seen.classification.status?.toString() ?? (edge.seen.look.kind === "unreached" ? "no connection" : "no status"),
						bytes(edge.seen.classification.headerBytes),
						grouped(edge.seen.classification.reading.contentBytes),
						edge.seen.look.kind === "unreached" ? edge.seen.look.code : ENDING_WORDS[edge.seen.look.ending],
						endedWords(edge.seen.look),
					],
				];
	return columns([["look", "status", "headers", "content", "ended", ""], ...through, ...rows]).map((line) => show(line, 160));
}

/** Size of the header section with its three biggest fields, and framing. */
function detailWords({ example }: OriginVerdict): Text[] {
	const { found, look } = example;
	if (found === null || look.kind === "unreached" || found.reading.headerSection === null) return [];
	const { reading } = found;
	const { start, end } = found.reading.headerSection;
	const biggest = [...reading.fields]
		.map((line) => ({ name: line.name, bytes: line.name.length + line.value.length + 4 }))
		.sort((a, b) => b.bytes - a.bytes)
		.slice(0, FIELDS_SHOWN);
	const out: Text[] = [
		text`Header section: ${grouped(end - start)} of about ${grouped(RESPONSE_HEADERS_MAX_BYTES)} bytes that Cloudflare takes, ${grouped(reading.fieldCount)} ${reading.fieldCount === 1 ? "field" : "fields"}${biggest.length === 0 ? text`` : text`; the biggest: ${biggest.map((one) => `${show(one.name, 40)} ${grouped(one.bytes)}`).join(", ")}`}.`,
	];
	if (reading.framing !== null) out.push(framingWords(reading.framing, reading));
	if (look.ending === "tls-eof")
		out.push(text`TLS ended without close_notify: the end is not signed. Cloudflare takes that for an ordinary end.`);
	return out;
}

function certificateWords({ seen }: OriginVerdict) {
	const look = seen.find((one) => one.look.kind === "answered" && one.look.tls?.certificate != null)?.look;
	if (look?.kind !== "answered" || look.tls?.certificate == null) return null;
	const { subject, issuer, names, validToMs } = look.tls.certificate;
	const name = (line: string) => /(?:^|\n)CN=(.+)/.exec(line)?.[1] ?? line.replaceAll("\n", ", ");
	return say(
		text`Certificate: ${code(name(subject), 60)}, by ${code(name(issuer), 60)}, for ${names.length === 0 ? text`no names` : text`${code(names.slice(0, 4).join(", "), 100)}`}, until ${time(validToMs)}. ${look.tls.protocol ?? "TLS"}.`,
	);
}

interface WordedFinding {
	readonly id: Finding["id"] | OriginFinding["id"];
	readonly level: Finding["level"];
	readonly look: OriginSeen["of"];
	readonly span?: Finding["span"];
	readonly say: string;
}

const LEVELS = ["fault", "warn", "note", "good"] as const;

/** The findings of all looks, each kind once, by weight. */
function allFindings({ seen, findings, example }: OriginVerdict): WordedFinding[] {
	const out = new Map<string, WordedFinding>();
	const put = (one: Finding | OriginFinding, look: OriginSeen["of"]) => {
		if (one.id === "whole" || out.has(one.id)) return;
		const span = "span" in one ? one.span : undefined;
		out.set(one.id, { id: one.id, level: one.level, look, ...(span === undefined ? {} : { span }), say: findingSentence(one) });
	};
	for (const one of findings) put(one, one.look);
	// What another port sends is nothing of this one's, unless the verdict speaks of it.
	const own = seen.filter(({ of }) => !triesPlainHttp(of));
	for (const one of [example, ...own]) for (const finding of one.found?.findings ?? []) put(finding, one.of);
	return [...out.values()].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function findingWords({ id, level, look, span, say: words }: WordedFinding): Text {
	const { fix } = FINDINGS[id];
	const parsers = level === "fault" ? disagreement(id) : null;
	return text`${bold(level)} ${id} (${LOOK_WORDS[look]}${span === undefined ? text`` : text`, byte ${span.start}`}): ${ours(words)}${parsers === null ? text`` : text` ${parsers}`}${fix === null || level === "note" ? text`` : text` ${ours(fix)}`}`;
}

/** A few bytes around each fault, secrets masked. */
function faultViews({ example }: OriginVerdict) {
	const { look, found } = example;
	if (look.kind === "unreached" || found === null || look.bytes.length === 0) return [];
	return found.findings
		.filter((one) => one.level === "fault" && one.span !== undefined)
		.slice(0, FAULTS_SHOWN_MAX)
		.map((one) => table(hexView(look.bytes, one.span ?? { start: 0, end: 0 })));
}

/** To run on the origin itself: the request that showed the fault, straight at the server, every byte as it came. */
export function curlCommand(target: Target, of: OriginSeen["of"]): string {
	const host = target.host.includes(":") ? `[${target.host}]` : target.host;
	const plain = triesPlainHttp(of);
	const url = shellQuote(maskedUrl(plain ? target.url.replace(/^https:\/\/([^/]*?)(?::\d+)?\//, "http://$1/") : target.url));
	const at = plain
		? `${host}:80:127.0.0.1:${of === "flexible" ? 80 : target.port}`
		: `${host}:${target.port}:127.0.0.1:${target.port}`;
	const twice = of === "again" || of === "again-later";
	const options = [
		of === "http2" || of === "http2-again" ? "--http2" : "--http1.1",
		...(of === "head" ? ["-I"] : ["--raw"]),
		...(of === "no-encoding" ? [] : ["-H 'Accept-Encoding: gzip'"]),
	];
	return `curl -sSvk ${options.join(" ")} --connect-to ${at} ${twice ? `${url} ${url}` : url} 2>&1 | head -c 20000`;
}

function nextWords(target: Target, verdict: OriginVerdict): Message {
	const { directOrigin } = verdict;
	const about =
		directOrigin === "ok"
			? text`The origin is well from here, so look at what is different for Cloudflare: a firewall or rate limit that turns its addresses away, more requests at a time, kept-alive connections, bigger cookies. Run this on the origin itself while visitors see the error, and paste what it prints.`
			: directOrigin === "no-route" || directOrigin === "client-certificate-wanted"
				? text`On the origin itself nothing stands in between. Run this there and paste what it prints (put the server's own address in place of 127.0.0.1 if it does not listen there).`
				: text`To see the same without any network in between, run this on the origin itself and paste what it prints; then look in its error log at the second of the look.`;
	return message(
		"neutral",
		title(text`Next step`),
		command(about, curlCommand(target, isHttp2Only(verdict) ? "http2" : verdict.example.of)),
	);
}

function otherCodeNext(target: Target): Message {
	return message(
		"neutral",
		title(text`Next step`),
		say(
			text`${bold(OTHER_CODE_ASK)} Compare the A or AAAA record, the Origin Rules, and SSL/TLS > Overview: Full uses port 443, Flexible port 80. Then give me that IP address and port.`,
		),
		buttons(addressHint(target), addressButton(target)),
	);
}

function framingWords(
	framing: NonNullable<Reading["framing"]>,
	{ contentBytes, complete }: Pick<Reading, "contentBytes" | "complete">,
): Text {
	switch (framing.kind) {
		case "length":
			return text`Framing: Content-Length ${grouped(framing.declared)}, ${grouped(contentBytes)} came.`;
		case "chunked":
			return text`Framing: chunked, ${grouped(contentBytes)} bytes of content came${complete ? text`, with the last chunk` : text`, without the last chunk`}.`;
		case "none":
			return text`Framing: this kind of response has no content.`;
		case "until-close":
			return text`Framing: none, the content lasts until the connection is closed; whether it is whole cannot be told.`;
	}
}

/** What the direct requests showed, for the thread of a case. */
export const originDelta = (target: Target, verdict: OriginVerdict): Text => {
	const [first] = originReply(target, verdict).head.blocks;
	return first?.kind === "title" ? first.text : text`The origin was checked.`;
};
