import {
	type CaptureFinding,
	type CapturePattern,
	type CaptureTally,
	type Distribution,
	type FailureKind,
	failsBehind,
	isListed,
	type JudgedExchange,
	leadingFinding,
	sameSecond,
} from "../judge/capture.ts";
import { wilson } from "../judge/chance.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { maskedPath } from "../message/masking.ts";
import { type Block, buttons, command, list, type Message, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, ours, type Text, text, utc } from "../message/text.ts";
import type { CaptureFacts, LargestField } from "../read/capture/exchange.ts";
import type { Ray } from "../read/ray/decode.ts";
import { APPLICATION_PORT, captureRing, RING_FILES, readCapture } from "./commands.ts";
import { findingSentence } from "./findings.ts";
import { toRun } from "./to-run.ts";
import { counted, grouped, seconds } from "./words.ts";

/** What one or more recordings hold, and what of it was asked for. */
export interface ReadCapture {
	/** The file, or how many. */
	readonly name: string;
	readonly facts: CaptureFacts;
	readonly tally: CaptureTally;
	/** What is told, in the order of time. */
	readonly told: readonly JudgedExchange[];
	/** How many more there are. */
	readonly leftOut: number;
	/** The Ray IDs that were asked for; null: none. */
	readonly rays: readonly Ray[] | null;
	/** Only a part of the recording was asked for. */
	readonly isPart: boolean;
	/** What to do for all that is told; absent: ask for data. */
	readonly allIn?: Text;
}

/** As many are told one by one; of more, what they have in common, with examples. */
const FEW = 3;
const EXAMPLES_MAX = 5;
const KINDS_MAX = 6;
const RAYS_MAX = 10;

/**
 * What a packet capture shows, made to be pasted: no values of headers, no query, no IP address. Pure.
 */
export function captureMessage(read: ReadCapture): Message {
	const { tally, rays } = read;
	if (rays !== null) return rayMessage(read, rays);
	if (tally.exchanges === 0) return nothingRead(read);
	return summary(read);
}

/** Everything that a recording shows, or a part of it. */
function summary(read: ReadCapture): Message {
	const { name, tally, told, leftOut, allIn = text`add ${code("--json")}` } = read;
	const { failed } = tally;
	const judged = tally.whole + failed + tally.switched;
	const kinds = [...tally.failures.values()].sort((a, b) => b.count - a.count);
	const isOver = tally.over128k > 0;
	const result =
		judged === 0
			? text`${name}: The recording contains no complete exchange.`
			: failed > 0
				? text`${name}: ${grouped(failed)} of ${counted(judged, "response")} would fail behind Cloudflare.`
				: isOver
					? text`${name}: ${grouped(tally.over128k)} of ${counted(judged, "response")} exceed Cloudflare's limit for headers.`
					: judged === 1
						? text`${name}: The one response is complete and valid.`
						: text`${name}: All ${counted(judged, "response")} are complete and valid.`;
	const shown = told.slice(0, failed > FEW ? EXAMPLES_MAX : FEW);
	const more = told.length - shown.length + leftOut;
	const [worst] = kinds;
	const fix = worst === undefined ? null : FINDINGS[worst.finding].fix;
	return message(
		judged === 0 ? "unclear" : failed > 0 || isOver ? "bad" : "good",
		title(result),
		...(failed > FEW ? [list(kinds.slice(0, KINDS_MAX).map(kindWords)), say(text`${bold("The first ones:")}`)] : []),
		list(shown.map((one) => exchangeWords(one, tally.ports.size > 1, tally.hosts.size > 1))),
		more === 0 ? null : say(text`${grouped(more)} more. To list all of them, ${allIn}.`),
		fix === null ? null : say(ours(fix)),
		...sizeBlocks(tally),
		note(whereWords(read)),
		...missingNotes(read),
		worst === undefined ? null : explain(worst.finding),
	);
}

const explain = (finding: FailureKind["finding"]): Block =>
	buttons(text`More: ${ask(`explain ${finding}`)}`, { label: "Explain", action: { do: "ask", text: `explain ${finding}` } });

/** `23:27:36.803 UTC`. */
export const exactClock = (ms: number): string => `${safeIso(ms).slice(11, 23)} UTC`;
const safeIso = (ms: number): string => new Date(Math.min(Math.max(0, ms), 8.64e15)).toISOString();

/** One exchange that a proxy would not take whole, in a line. */
export function exchangeWords(one: JudgedExchange, hasPorts: boolean, hasHosts = false): Text {
	const said = one.findings.find(({ id }) => id === leadingFinding(one));
	const what = said === undefined ? text`` : text` ${ours(findingSentence(said))}`;
	return text`${bold(exactClock(one.startedAtMs))} ${requestWords(one)}${placeWords(one, hasPorts, hasHosts)}: ${statusWords(one)}.${what}${closeWords(one, said === undefined ? [] : [said])}`;
}

/**
 * Where it went, as far as others in the recording went elsewhere: the same request may be recorded on its way to the proxy and on its way to
 * the application.
 */
const placeWords = ({ host, serverPort }: JudgedExchange, hasPorts: boolean, hasHosts: boolean): Text =>
	text`${hasHosts && host !== null ? text` to ${host}` : text``}${hasPorts ? text` on port ${serverPort}` : text``}`;

function requestWords({ method, path, ray }: JudgedExchange): Text {
	const request =
		method === null ? text`a request that was not recorded` : text`${code(`${method} ${maskedPath(path ?? "")}`, 120)}`;
	return ray === null ? request : text`${request} (Ray ID ${code(ray)})`;
}

function statusWords({ status, proxy, contentBytes, promisedBytes }: JudgedExchange): Text {
	const what = status === null ? text`no status` : text`${status}`;
	switch (proxy) {
		case "rejects":
			return text`${what}, rejected (520)`;
		case "truncates":
			return promisedBytes !== null && contentBytes < promisedBytes
				? text`${what}, cut off after ${grouped(contentBytes)} of ${grouped(promisedBytes)} bytes`
				: text`${what}, cut off after ${counted(contentBytes, "byte")}`;
		case "waits":
			return text`${what}, not finished`;
		case "accepts":
			return text`${what}, ${counted(contentBytes, "byte")}`;
	}
}

/** Who closed the connection, where no finding that is told says so. */
function closeWords(one: JudgedExchange, told: readonly CaptureFinding[]): Text {
	if (one.closedFirst === null || told.some(({ id }) => id === "client-closed-first")) return text``;
	const did = one.ending === "reset" && one.closedFirst === "server" ? "Reset" : "Closed";
	return text` ${did} first by the ${one.closedFirst}, after ${duration(one.tookMs)}.`;
}

/** Exchanges that fail alike, in a line. */
function kindWords(kind: FailureKind): Text {
	const second = sameSecond(kind);
	const took =
		second !== null && kind.count > 1
			? `Each took about ${second} s, which suggests a timeout.`
			: `${kind.count === 1 ? "It took" : "They took"} ${range(kind.leastMs, kind.mostMs)}.`;
	const closers = [
		...(kind.closedByServer > 0 ? [`the server ${times(kind.closedByServer)}`] : []),
		...(kind.closedByClient > 0 ? [`the client ${times(kind.closedByClient)}`] : []),
	];
	const closed =
		closers.length === 0 || kind.finding === "client-closed-first" ? "" : ` Closed first by ${closers.join(" and ")}.`;
	return text`${bold(`${grouped(kind.count)} ×`)} ${ours(`${FINDINGS[kind.finding].say}${closed} ${took}`)}`;
}

const times = (n: number): string => (n === 1 ? "once" : n === 2 ? "twice" : `${grouped(n)} times`);

function range(leastMs: number, mostMs: number): string {
	const [least, most] = [duration(leastMs), duration(mostMs)];
	return least === most ? least : `${least} to ${most}`;
}

/** `15 ms`, `0.24 s`: what happens on one machine takes little. */
const duration = (ms: number): string => (ms < 100 ? `${Math.max(1, Math.round(ms))} ms` : seconds(ms));

/** How large header sections are, and how long responses take: a healthy site may be close to a 520. */
function sizeBlocks(tally: CaptureTally): Block[] {
	const { headerBytes, requestBytes, tookMs, over128k, over64k, serverErrors } = tally;
	const items: Text[] = [];
	if (tally.pattern !== null) items.push(patternWords(tally.pattern));
	if (headerBytes.n > 0) {
		items.push(text`${bold("Response headers:")} ${spread(headerBytes, kilobytes)}.`);
		if (over128k > 0)
			items.push(
				text`${counted(over128k, "response")} ${over128k === 1 ? "is" : "are"} over Cloudflare's limit of 128 KB, so visitors get a 520. ${largestWords(tally)}`,
			);
		else if (over64k > 0)
			items.push(
				text`${bold("Close to a 520:")} ${counted(over64k, "response")} ${over64k === 1 ? "has" : "have"} headers over 64 KB. Cloudflare's limit is 128 KB. ${largestWords(tally)}`,
			);
	}
	if (requestBytes.largest > LARGE_REQUEST_BYTES)
		items.push(text`${bold("Request headers:")} ${spread(requestBytes, kilobytes)}. Many servers reject more than 8 KB.`);
	if (tookMs.n > 0) items.push(text`${bold("Time to respond:")} ${spread(tookMs, duration)}.`);
	if (serverErrors > 0)
		items.push(
			text`${counted(serverErrors, "complete response")} ${serverErrors === 1 ? "is an error" : "are errors"} (5xx) of the origin itself.`,
		);
	const block = list(items);
	return block === null ? [] : [block];
}

/** Which requests fail. What it says is read back (`read/capture/told.ts`). */
function patternWords({ value, failed, of }: CapturePattern): Text {
	const share = `${grouped(failed)} of ${counted(of, "request")} to the failing pages`;
	switch (value) {
		case "random":
			return text`${bold("Fails at random:")} ${share}.`;
		case "bursts":
			return text`${bold("Fails in bursts:")} ${share}.`;
		case "some-urls":
			return text`${bold("Fails on some pages only:")} ${share}.`;
		case "all":
			return text`${bold("Fails always:")} ${share}.`;
	}
}

const LARGE_REQUEST_BYTES = 8_192;

/** `median 0.4 KB, p99 61 KB, largest 130 KB`. */
function spread(of: Distribution, words: (value: number) => string): Text {
	if (of.n === 1) return text`${words(of.largest)}`;
	return text`median ${words(of.quantile(0.5))}, p99 ${words(of.quantile(0.99))}, largest ${words(of.largest)}`;
}

const kilobytes = (bytes: number): string =>
	bytes < 10_240 ? `${Math.max(0.1, bytes / 1_024).toFixed(1)} KB` : `${Math.round(bytes / 1_024)} KB`;

/** What takes most of the large header sections. */
function largestWords({ largest, over64k }: CaptureTally): Text {
	const [most] = [...largest.values()].sort((a, b) => b.count - a.count);
	if (most === undefined) return text``;
	const share = most.count === over64k ? (over64k === 1 ? "" : "In all of them, ") : `In ${grouped(most.count)} of them, `;
	return text`${share === "" ? "The" : `${share}the`} largest part is ${fieldWords(most.field)}.`;
}

const fieldWords = ({ name, cookie }: LargestField): Text =>
	cookie === null
		? text`the header ${code(name)}`
		: cookie === ""
			? text`a cookie without a name`
			: text`the cookie ${code(cookie)}`;

/** When and where it was recorded. */
function whereWords({ facts, tally, isPart }: ReadCapture): Text {
	const { fromMs, toMs, connections, packets } = facts;
	const [from, to] = [utc(fromMs ?? 0), utc(toMs ?? 0)];
	const until = from === to ? "" : ` to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
	const when =
		fromMs === null || toMs === null ? text`Recorded` : text`Recorded ${from.slice(0, until === "" ? undefined : 19)}${until}`;
	const ports = [...tally.ports].sort(([, a], [, b]) => b - a).map(([port]) => port);
	const port =
		ports.length === 0 || ports.length > 3
			? ""
			: ` to ${ports.length === 1 ? "port" : "ports"} ${ports.join(", ").replace(/, (?=[^,]*$)/, " and ")}`;
	const hosts = [...tally.hosts].sort(([, a], [, b]) => b - a).map(([host]) => host);
	const [main] = hosts;
	const host =
		main === undefined
			? text``
			: text` for ${main}${hosts.length === 1 ? "" : ` and ${counted(hosts.length - 1, "other host")}`}`;
	const part = isPart ? text`, of which I counted the part you asked for` : text``;
	const size = packets === null ? "" : `, ${counted(packets, "packet")}`;
	return text`${when}: ${counted(connections, "connection")}${ours(port)}${host}${ours(size)}${part}.`;
}

/** What the recording does not show, and how to record it. */
function missingNotes({ facts, tally }: ReadCapture): Block[] {
	const { unread, protocols } = facts;
	const notes: (Text | null)[] = [
		tally.gaps === 0
			? null
			: text`${counted(tally.gaps, "exchange")} ${tally.gaps === 1 ? "is" : "are"} incomplete in the recording, so I did not judge ${tally.gaps === 1 ? "it" : "them"}.`,
		facts.dropped === 0 ? null : text`The recorder lost ${counted(facts.dropped, "packet")}. Record with ${code("-B 65536")}.`,
		facts.cutPackets === 0
			? null
			: text`${counted(facts.cutPackets, "packet")} ${facts.cutPackets === 1 ? "was" : "were"} not recorded whole. Record with ${code("-s 0")}.`,
		protocols.tls === 0 ? null : text`${counted(protocols.tls, "connection")} used TLS, which I cannot read.`,
		protocols.h2 === 0 ? null : text`${counted(protocols.h2, "connection")} used HTTP/2, which I do not read in recordings.`,
		facts.refused === 0 ? null : text`The server rejected ${counted(facts.refused, "connection")}.`,
		unread.fragment === 0
			? null
			: text`${counted(unread.fragment, "packet")} ${unread.fragment === 1 ? "is an IP fragment" : "are IP fragments"}, which I do not read.`,
		unread.tunnel === 0
			? null
			: text`${counted(unread.tunnel, "packet")} ${unread.tunnel === 1 ? "is" : "are"} in a tunnel (VXLAN, Geneve or GRE). Record inside it.`,
		unread["extension-header"] === 0
			? null
			: text`${counted(unread["extension-header"], "packet")} had IP headers that hide their content.`,
		unread["link-type"] === 0
			? null
			: text`${counted(unread["link-type"], "packet")} came from a kind of interface that I do not read. Record with ${code("-i any")}.`,
		facts.givenUp === 0 ? null : text`Too many connections were open at once, so I gave up on ${grouped(facts.givenUp)}.`,
		facts.problem === "damaged" ? text`The file is damaged. I read it up to there.` : null,
	];
	return notes.filter((one) => one !== null).map(note);
}

/** A recording without HTTP in it: what to record instead. */
function nothingRead(read: ReadCapture): Message {
	const { name, facts, isPart } = read;
	const { tls, h2, other } = facts.protocols;
	const where =
		facts.otherProtocol === "a FastCGI record"
			? text`PHP-FPM uses FastCGI. Record the connection to the web server in front of it, where it is plain HTTP:`
			: text`Record the connection between the proxy and the application, where it is plain HTTP:`;
	const why =
		isPart && facts.protocols.http > 0
			? text`${name}: No request began in that time.`
			: facts.packets === 0
				? text`${name}: The recording is empty.`
				: tls > 0
					? text`${name}: I see only TLS, which I cannot read.`
					: h2 > 0
						? text`${name}: I see only HTTP/2, which I do not read in recordings.`
						: other > 0
							? facts.otherProtocol === null
								? text`${name}: I see no HTTP request.`
								: text`${name}: I see no HTTP request, but ${ours(facts.otherProtocol)}.`
							: text`${name}: I see no TCP connection with data.`;
	const isElsewhere = isPart && facts.protocols.http > 0;
	return message(
		"unclear",
		title(why),
		note(whereWords(read)),
		...missingNotes(without(read)),
		...(isElsewhere ? [] : [...toRun(where, captureRing(APPLICATION_PORT)), note(afterWords)]),
	);
}

/** Without what the title says. */
const without = (read: ReadCapture): ReadCapture => ({
	...read,
	facts: { ...read.facts, protocols: { ...read.facts.protocols, tls: 0, h2: 0 } },
});

const afterWords: Text = text`Wait for the error, then press Ctrl-C.`;

/** The exchanges of the Ray IDs that were asked for. */
function rayMessage(read: ReadCapture, rays: readonly Ray[]): Message {
	const { name, told, facts } = read;
	const missing = rays.filter(({ id }) => told.every(({ ray }) => ray !== id));
	const [first] = told;
	if (first === undefined)
		return message(
			"unclear",
			title(text`${name}: The recording does not contain ${rays.length === 1 ? "this Ray ID" : "these Ray IDs"}.`),
			list(missing.map((ray) => notThere(ray, facts))),
			note(whereWords(read)),
			...missingNotes(read),
		);
	const isOver = told.some(({ headerBytes }) => headerBytes !== null && headerBytes > 131_072);
	const isFailing = (one: JudgedExchange) => isListed(one) || failsBehind(one);
	const worst = told.find(isListed) ?? told.find(failsBehind);
	const isWhole = told.every((one) => !isFailing(one) && !one.gap);
	const isJudged = told.some(({ switched }) => !switched);
	const isGap = told.some(({ gap }) => gap);
	return message(
		isWhole ? "good" : told.some(isFailing) ? "bad" : "unclear",
		title(
			isOver
				? text`${name}: The headers are over Cloudflare's limit of 128 KB, so visitors get a 520.`
				: isWhole
					? text`${name}: The server returned this response completely.`
					: told.some(isFailing)
						? text`${name}: This response would fail behind Cloudflare.`
						: text`${name}: The recording does not contain all of this exchange.`,
		),
		list(told.slice(0, RAYS_MAX).map((one) => rayWords(one, read.tally.ports.size > 1, read.tally.hosts.size > 1))),
		isWhole && isJudged ? say(text`So the fault is between here and Cloudflare.`) : null,
		missing.length === 0 ? null : list(missing.map((ray) => notThere(ray, facts))),
		note(whereWords(read)),
		...(isGap ? missingNotes(read) : []),
		worst === undefined ? null : explain(leadingFinding(worst)),
	);
}

/** One exchange with everything that is known of it. */
function rayWords(one: JudgedExchange, hasPorts: boolean, hasHosts: boolean): Text {
	const faults = one.findings.filter(({ level }) => level !== "good");
	const told = faults.slice(0, 3);
	const said = told.map((finding) => text` ${ours(findingSentence(finding))}`);
	const sizes = one.headerBytes === null ? text`` : text`, ${grouped(one.headerBytes)} bytes of headers`;
	const took = text`, ${duration(one.tookMs)}`;
	const protocol = one.switched ? text` Another protocol took over, which I do not judge.` : text``;
	return text`${bold(exactClock(one.startedAtMs))} ${requestWords(one)}${placeWords(one, hasPorts, hasHosts)}: ${statusWords(one)}${sizes}${took}.${said.flat()}${protocol}${closeWords(one, told)}`;
}

/** Why a Ray ID may not be in a recording. */
function notThere({ id, receivedAtMs }: Ray, { fromMs, toMs }: CaptureFacts): Text {
	const received = text`Cloudflare received Ray ID ${code(id)} at ${utc(receivedAtMs)}`;
	if (fromMs === null || toMs === null) return text`${received}.`;
	if (receivedAtMs < fromMs - CLOCKS_MS) return text`${received}, before the recording began.`;
	if (receivedAtMs > toMs + CLOCKS_MS) return text`${received}, after the recording ended.`;
	return text`${received}, within the recording. Either the request did not reach this port, or something removed its CF-Ray header.`;
}
/** Clocks of servers differ, and a request may wait. */
const CLOCKS_MS = 5_000;

/** What `capture --help` says. */
export const captureHelp: Message = message(
	"neutral",
	title(text`capture shows which recorded responses Cloudflare would not accept, and who closed the connection first.`),
	...toRun(text`Record where HTTP is plain, wait for the error, then press Ctrl-C:`, captureRing(APPLICATION_PORT)),
	command(text`Then:`, readCapture(RING_FILES, null)),
	list([
		text`A Ray ID behind the files shows only that request, even if it was complete.`,
		text`${code("from 22:18 to 22:20")} shows only that time, in UTC.`,
		text`${code("--json")} prints one line for tools. ${code("capture -")} reads JSON lines.`,
	]),
	note(text`Recordings hold other people's data. What capture prints has no cookies, content or IP addresses, so paste that.`),
);

/** Why a file cannot be read. */
export type UnreadableFile = "not-a-capture" | "gzip" | "missing" | "directory" | "forbidden" | "empty" | "other";

/** The same in words. */
export function unreadableFile(why: UnreadableFile, name: string): string {
	switch (why) {
		case "gzip":
			return `${name} is compressed with gzip. Unpack it first: gunzip -k ${name}`;
		case "not-a-capture":
			return `${name} is not a packet capture (pcap or pcapng). Record one: ${captureRing(APPLICATION_PORT)}`;
		case "missing":
			return `There is no file ${name}.`;
		case "directory":
			return `${name} is a directory. Name the files in it: capture ${name.replace(/\/$/, "")}/*`;
		case "forbidden":
			return `I may not read ${name}. What tcpdump writes often belongs to root.`;
		case "empty":
			return `${name} is empty. A running tcpdump may not have written its packets yet: stop it with Ctrl-C.`;
		case "other":
			return `${name} cannot be read.`;
	}
}

/** The data of the whole recording beside its exchanges. */
export function captureSummary({ facts, tally, leftOut, rays }: Pick<ReadCapture, "facts" | "tally" | "leftOut" | "rays">) {
	const { pattern } = tally;
	const of = (one: Distribution) => ({
		p50: Math.round(one.quantile(0.5)),
		p99: Math.round(one.quantile(0.99)),
		largest: Math.round(one.largest),
	});
	return {
		/** The Ray IDs that were asked for; null: none, and everything that fails is told. */
		rays: rays?.map(({ id }) => id) ?? null,
		hosts: [...tally.hosts.keys()].slice(0, 20),
		pattern: pattern === null ? null : { ...pattern, ...wilson(pattern.failed / pattern.of, pattern.of) },
		exchanges: tally.exchanges,
		whole: tally.whole,
		failed: tally.failed,
		gaps: tally.gaps,
		switched: tally.switched,
		leftOut,
		kinds: [...tally.failures.values()].map((kind) => ({
			proxy: kind.proxy,
			finding: kind.finding,
			count: kind.count,
			closedByServer: kind.closedByServer,
			closedByClient: kind.closedByClient,
			leastMs: Math.round(kind.leastMs),
			mostMs: Math.round(kind.mostMs),
		})),
		responseHeaderBytes: { ...of(tally.headerBytes), over128k: tally.over128k },
		requestHeaderBytes: of(tally.requestBytes),
		tookMs: of(tally.tookMs),
		recorded: {
			from: facts.fromMs === null ? null : safeIso(facts.fromMs),
			to: facts.toMs === null ? null : safeIso(facts.toMs),
			packets: facts.packets,
			connections: facts.connections,
			...facts.protocols,
			dropped: facts.dropped,
		},
	};
}
