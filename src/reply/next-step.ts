import type { Verdict } from "../judge/verdict.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, command, list, say } from "../message/message.ts";
import { shellQuote } from "../message/show.ts";
import { code, ours, type Text, text, time, utc } from "../message/text.ts";
import { accessLogPattern, errorLogPattern, type LogWindow, logWindow } from "../read/ray/log-window.ts";
import type { Target } from "../read/text/target.ts";

/** The one thing to do next, for the owner. `step` is an evidence key (DESIGN) where the answer to it is evidence. */
interface NextStep {
	readonly step: string;
	readonly ask: Text;
	readonly commands: readonly {
		readonly about: Text;
		readonly command: string /** How to read what it prints. */;
		readonly reads?: readonly Text[];
	}[];
}

/**
 * curl to the origin, past Cloudflare, as Cloudflare's support asks for it
 * (https://developers.cloudflare.com/support/troubleshooting/general-troubleshooting/gathering-information-for-troubleshooting-sites/).
 * Made to be pasted on the origin server itself, where 127.0.0.1 is the origin.
 */
function directCurl(target: Target): string {
	const told = "status %{http_code}, %{size_header} bytes of headers\\n";
	return `curl -sSvk -o /dev/null -w ${shellQuote(told)} --http1.1 --connect-to ::127.0.0.1 ${shellQuote(maskedUrl(target.url))}; echo "curl exit $?"`;
}

/** What curl's exit says of an origin that was asked directly, and what it does not. */
const CURL_SAYS: readonly Text[] = [
	text`52 empty reply, 56 reset, 8 or 1 not HTTP: the same fault, seen directly. 18 is a cut page, 35 a failed TLS handshake (a 525).`,
	text`0 does not clear the origin: curl takes what Cloudflare refuses. Look for more than 131,072 bytes of headers and for odd field lines, then try ${code("--http2")} in place of ${code("--http1.1")} (16 or 92: broken HTTP/2).`,
	text`7 is no answer: nothing listens on 127.0.0.1, use the origin's own address.`,
	text`If the origin wants Cloudflare's client certificate or admits only Cloudflare's addresses, a 400, 35, 56 or time-out proves nothing.`,
];

/** What to paste on the origin to find the request: by Ray ID, by minute in the access log, by second in the journal. */
export function logCommands(window: LogWindow, rays: readonly string[]): NextStep["commands"] {
	const pattern = accessLogPattern(window);
	const errors = errorLogPattern(window);
	const ids = rays.slice(0, 5);
	return [
		...(ids.length === 0
			? []
			: [
					{
						about: text`If the origin logs Cloudflare's ${code("CF-Ray")} header, this finds the request itself (nginx, Apache: change the folder). As root: without the right to read a log, grep prints nothing, and that is not "no line":`,
						command: `sudo grep -rsE ${shellQuote(ids.join("|"))} /var/log/nginx/ /var/log/apache2/`,
					},
				]),
		...(pattern === null
			? []
			: [
					{
						about: text`Otherwise the access log by its minutes (log in UTC; shift the hours if yours is not):`,
						command: `sudo grep -rsE ${shellQuote(pattern)} /var/log/nginx/ /var/log/apache2/`,
					},
				]),
		...(errors === null
			? []
			: [
					{
						about: text`The error logs of nginx and Apache at the same minutes (they write the server's local time; this is UTC):`,
						command: `sudo grep -rsE ${shellQuote(errors)} /var/log/nginx/ /var/log/apache2/`,
					},
				]),
		{
			about: text`Errors, crashes and restarts of any service in the same window:`,
			command: `sudo journalctl --utc --since ${shellQuote(utc(window.fromMs))} --until ${shellQuote(utc(window.toMs))}`,
		},
	];
}

const curlOnOrigin = text`On the origin server itself (from elsewhere put its address in place of 127.0.0.1):`;

/** Words from our own table, as a sentence: not foreign, not cut. */
export const sentence = (s: string): Text => ours(/[.?!]$/.test(s) ? s : `${s}.`);

/** What to do at each code; the rest follow their table row. */
const BY_CODE: Readonly<Record<number, (target: Target) => { ask: Text; commands: NextStep["commands"] }>> = {
	521: (target) => ({
		ask: text`Does the origin listen on the port that Cloudflare uses (${target.scheme === "https" && target.port === 443 ? "443 for Full and Full strict, 80 for Flexible" : String(target.port)}), and does a firewall reject Cloudflare's addresses?`,
		commands: [
			{
				about: text`On the origin, what listens there:`,
				command: `ss -ltnp '( ${[...new Set([target.port, ...(target.port === 443 ? [80] : [])])].map((port) => `sport = :${port}`).join(" or ")} )'`,
			},
		],
	}),
	522: (target) => ({
		ask: text`Does the origin answer at all when it is asked directly, and does a firewall drop or throttle Cloudflare's addresses?`,
		commands: [{ about: curlOnOrigin, command: directCurl(target) }],
	}),
	523: () => ({
		ask: text`Is the address in Cloudflare's DNS still the origin's, and does the host's network have a route back to Cloudflare?`,
		commands: [
			{ about: text`On the origin, the way back to Cloudflare (172.64.0.0/13 is theirs):`, command: "ip route get 172.64.0.1" },
		],
	}),
	524: (target) => ({
		ask: text`What is the origin doing for so long? Cloudflare gives up after 125 s without a byte; time the same request at the origin.`,
		commands: [
			{
				about: curlOnOrigin,
				command: `curl -sSk -o /dev/null -w '%{http_code} after %{time_starttransfer} s\\n' --connect-to ::127.0.0.1 ${shellQuote(maskedUrl(target.url))}; echo "curl exit $?"`,
			},
		],
	}),
	525: (target) => ({
		ask: text`Can the origin finish a TLS handshake for this name?`,
		commands: [
			{
				about: curlOnOrigin,
				command: `openssl s_client -connect 127.0.0.1:${target.port} -servername ${shellQuote(target.host)} </dev/null`,
			},
		],
	}),
	526: (target) => ({
		ask: text`Is the origin's certificate in date, issued by a public authority or Cloudflare's Origin CA, and for this name?`,
		commands: [
			{
				about: curlOnOrigin,
				command: `openssl s_client -connect 127.0.0.1:${target.port} -servername ${shellQuote(target.host)} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`,
			},
		],
	}),
	1016: (target) => ({
		ask: text`The name that Cloudflare's DNS tab gives as the origin of ${code(target.host, 80)} does not resolve. Which name does its CNAME (or the load balancer's pool) point at, and does that resolve?`,
		commands: [{ about: text`With that name in place of ORIGIN-NAME:`, command: "dig +short ORIGIN-NAME" }],
	}),
	1101: () => ({
		ask: text`The Worker on this route throws. Its log names the line: run this and load the page once, with the Worker's name in place of WORKER.`,
		commands: [{ about: text`Where wrangler is logged in:`, command: "npx wrangler tail WORKER" }],
	}),
	1033: () => ({
		ask: text`Is cloudflared running on the origin's machine, and can it reach Cloudflare on port 7844?`,
		commands: [{ about: text`Where the tunnel runs:`, command: "systemctl status cloudflared" }],
	}),
};

/** The one next step that a code says itself; null where it says none. */
export function codeStep(number: number, target: Target): NextStep | null {
	const step = BY_CODE[number]?.(target);
	return step === undefined ? null : { step: `code-${number}`, ...step };
}

/** The next step after a verdict on a site. Pure. */
export function nextStep(verdict: Verdict, target: Target): NextStep {
	const { classification } = verdict.example;
	const number = verdict.code;
	const window =
		classification.ray === null
			? null
			: logWindow(classification.ray.receivedAtMs, classification.ray.receivedAtMs, classification.waitMs ?? undefined);
	const logs = window === null ? [] : logCommands(window, [classification.ray?.id ?? ""]);
	const direct = { about: curlOnOrigin, command: directCurl(target), reads: CURL_SAYS };
	const logAsk = window === null ? text`` : text` What does its log show from ${time(window.fromMs)} to ${time(window.toMs)}?`;
	switch (verdict.kind) {
		case "cloudflare-error":
		case "edge-code": {
			if (number === 520 && verdict.kind === "edge-code") {
				return {
					step: "origin-log",
					ask: text`Did the origin itself send the number 520? Its access log tells: a line with status 520 says yes.${logAsk}`,
					commands: [...logs, direct],
				};
			}
			if (number === 520) {
				const first = verdict.pattern.kind === "random";
				return first
					? {
							step: "origin-log",
							ask: text`It fails only now and then, so the origin's log says more than another request.${logAsk}`,
							commands: [...logs, direct],
						}
					: {
							step: "direct-origin",
							ask: text`Ask the origin directly, past Cloudflare, and read how its answer ends.${logAsk}`,
							commands: [direct, ...logs],
						};
			}
			const special = number === null ? null : codeStep(number, target);
			if (special !== null) return special;
			const entry = number === null ? undefined : findCode(number);
			return {
				step: "explain",
				ask:
					entry === undefined
						? text`Read the answer's own words and its Ray ID to Cloudflare's support.`
						: text`What Cloudflare saw: ${sentence(entry.saw)} Look here first: ${sentence(entry.lookFirst)}`,
				commands: [],
			};
		}
		case "gateway-error":
			if (classification.maker === "cloudflare") {
				return {
					step: "origin-log",
					ask: text`Cloudflare wrote this page because it could not use what came back: is the origin's compression or Content-Length wrong (switch gzip off to test)? With a tunnel: what do cloudflared's error lines say? If neither, send the Ray ID and the time to Cloudflare's support.${logAsk}`,
					commands: [direct, ...logs],
				};
			}
			return {
				step: "origin-log",
				ask: text`A 502 or 504 on Cloudflare's page is normally the origin's own: read the error log of the reverse proxy at the origin.${logAsk}`,
				commands: [...logs, direct],
			};
		case "cut":
			return {
				step: "origin-log",
				ask: text`The origin began an answer and stopped before its end: look for a killed or timed-out worker, a crash while writing, or a proxy at the origin that hung up.${logAsk} curl names it too: 18 is a cut answer.`,
				commands: [direct, ...logs],
			};
		case "origin-error":
			return {
				step: "origin-log",
				ask: text`The origin most likely sent this status itself: its application log has the reason.${logAsk}`,
				commands: logs,
			};
		case "challenge":
			return {
				step: "ask-again",
				ask: text`A challenge stands before the page, so nothing can be said about the origin from here. Paste what a browser got: the Ray ID from the error page, or its response headers.`,
				commands: [],
			};
		case "block":
			return {
				step: "security-events",
				ask: text`A rule at Cloudflare turned this look away. The owner finds it in the dashboard under Security, Events, by the Ray ID. For the error itself, paste the Ray ID from a visitor's error page.`,
				commands: [],
			};
		case "working":
			return {
				step: "who-is-hit",
				ask: text`Nothing failed from here. Who sees the error: everyone, signed-in people only, one network? Paste a Ray ID from their error page: it tells the second to look for in the origin's log.`,
				commands: [],
			};
		case "silent":
			return {
				step: "direct-origin",
				ask: text`No answer came while we waited. Cloudflare itself waits up to 125 s and then says 524: time the same request at the origin.`,
				commands: BY_CODE[524]?.(target).commands ?? [],
			};
		case "broken":
			return {
				step: "direct-origin",
				ask: text`What answered is no usable HTTP and carries no mark of Cloudflare.${target.scheme === "http" ? text` Perhaps this port speaks TLS: ask with https too.` : text``} Read its bytes yourself:`,
				commands: [
					{
						about: text`From any machine:`,
						command: `curl -svk --http0.9 --raw -o - --max-time 20 ${shellQuote(maskedUrl(target.url))} | head -c 512 | od -c | head -40`,
					},
				],
			};
		case "not-cloudflare":
			return {
				step: "wrong-target",
				ask: text`This name does not go through Cloudflare from here. If a visitor sees Cloudflare's 520 page, it comes from another name in the page, or from a host in front of yours: paste the Ray ID and the address of the page that shows it.`,
				commands: /^[\d.]+$|:/.test(target.host)
					? []
					: [
							{
								about: text`Where the name leads:`,
								command: `dig +short ${shellQuote(target.host)} A ${shellQuote(target.host)} AAAA ${shellQuote(target.host)} CNAME`,
							},
						],
			};
		case "unreached":
			if (verdict.example.look.kind === "unreached" && verdict.example.look.stage === "certificate") {
				return {
					step: "certificate",
					ask: text`The connection came about, but the certificate in front of the site fails, so visitors get a browser warning before any 520. Repair it first (Cloudflare's dashboard, SSL/TLS, Edge Certificates). What lies behind it was not looked at.`,
					commands: [
						{
							about: text`From any machine, what is wrong with it:`,
							command: `openssl s_client -connect ${shellQuote(`${target.host}:${target.port}`)} -servername ${shellQuote(target.host)} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`,
						},
					],
				};
			}
			return {
				step: "edge-trace",
				ask: text`No connection to the name's address came about from here, so this is not a 520. Does it answer from another network?`,
				commands: [
					{
						about: text`From another network:`,
						command: `curl -sv -o /dev/null --max-time 20 ${shellQuote(maskedUrl(target.url))}`,
					},
				],
			};
	}
}

/** The step as blocks: the question first, then one command a block. */
export function stepBlocks(step: NextStep): Block[] {
	return [
		say(step.ask),
		...step.commands.flatMap((one) => [command(one.about, one.command), list(one.reads ?? [])].filter((block) => block !== null)),
	];
}
