import type { Verdict } from "../judge/verdict.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, command, list, say } from "../message/message.ts";
import { shellQuote } from "../message/show.ts";
import { code, ours, type Text, text, time, utc } from "../message/text.ts";
import { type LogWindow, logMinutes, logWindow } from "../read/ray/log-window.ts";
import type { Target } from "../read/text/target.ts";

/** The one thing to do next, for the owner. `step` is an evidence key (DESIGN) where the answer to it is evidence. */
interface NextStep {
	readonly step: string;
	readonly ask: Text;
	readonly commands: readonly {
		readonly about: Text;
		readonly command: string;
		/** How to read what it prints. */
		readonly reads?: readonly Text[];
	}[];
}

/**
 * curl to the origin, past Cloudflare, as Cloudflare's support asks for it
 * (https://developers.cloudflare.com/support/troubleshooting/general-troubleshooting/gathering-information-for-troubleshooting-sites/).
 * Made to be pasted on the origin server itself, where 127.0.0.1 is the origin, and to be pasted back: its last two lines tell it
 * (`read/text/clues/curl.ts`).
 */
export function directCurl(target: Target): string {
	return `curl -sSk --http1.1 -o /dev/null -w 'status %{http_code}, %{size_header} bytes of headers\\n' --connect-to ::127.0.0.1 ${shellQuote(maskedUrl(target.url))}; echo "curl exit $?"`;
}

/** The same for an origin that is slow: it ends when Cloudflare would have given up, and tells when the first byte came. */
function timedCurl(target: Target): string {
	return `curl -sSk --http1.1 -m 130 -o /dev/null -w 'status %{http_code}, %{size_header} bytes of headers, first byte after %{time_starttransfer} s\\n' --connect-to ::127.0.0.1 ${shellQuote(maskedUrl(target.url))}; echo "curl exit $?"`;
}

/** What curl's exit says of an origin that was asked directly, and what it does not. */
const CURL_SAYS: readonly Text[] = [
	text`Exit 52, 56, 1 or 8: the origin is at fault. 18: cut off. 35: TLS failed.`,
	text`Exit 0 does not clear the origin: curl accepts what Cloudflare rejects.`,
	text`Exit 7: nothing listens on 127.0.0.1. Use the origin's IP address.`,
	text`If the origin accepts only Cloudflare, a 400, 35, 56 or timeout proves nothing.`,
];

/** So many of each go into one command. */
const RAYS_MAX = 5;
const MINUTES_MAX = 4;
/** Times of nginx's and Apache's access log; of nginx's error log; of Apache's. */
const LOG_TIMES = "%d/%b/%Y:%H:%M|%Y/%m/%d %H:%M|%b %d %H:%M";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Searches the logs for Ray IDs and for minutes: default log formats hold no Ray ID. Logs are written in the server's own time, into which GNU date
 * converts ours. BusyBox and BSD do not convert it: there the minute is searched as it is, because an empty pattern would match every line.
 */
function logSearch(rays: readonly string[], minutes: readonly number[]): string {
	const patterns = minutes.slice(0, MINUTES_MAX).map((ms) => {
		const utcTime = new Date(ms).toISOString();
		const asIs = `${utcTime.slice(8, 10)}/${MONTHS[new Date(ms).getUTCMonth()]}/${utcTime.slice(0, 4)}:${utcTime.slice(11, 16)}`;
		return `$(LC_ALL=C date -d '${utcTime.slice(0, 10)} ${utcTime.slice(11, 19)} UTC' +'${LOG_TIMES}' || echo ${asIs})`;
	});
	return `sudo grep -rsE "${[...rays.slice(0, RAYS_MAX), ...patterns].join("|")}" /var/log/nginx /var/log/apache2`;
}

/**
 * What to paste on the origin to find the request: in the web server's logs, by Ray ID and minute; in the journal, by second.
 * @param minutes a moment in each minute that is searched, Unix milliseconds
 */
export function logCommands(window: LogWindow, rays: readonly string[], minutes: readonly number[]): NextStep["commands"] {
	const at = (ms: number) => shellQuote(utc(ms));
	return [
		{
			about: text`On the origin (nginx, Apache; change the folder for others). Run it as root, because otherwise grep may find nothing.`,
			command: logSearch(rays, minutes),
		},
		{
			about: text`Errors, crashes and restarts at that time:`,
			command: `sudo journalctl --no-pager --utc -o short-iso --since ${at(window.fromMs)} --until ${at(window.toMs)}`,
		},
	];
}

const curlOnOrigin = text`On the origin (elsewhere, replace 127.0.0.1 with its IP address):`;

/** Words from our own table, as a sentence: not foreign, not cut. */
export const sentence = (s: string): Text => ours(/[.?!]$/.test(s) ? s : `${s}.`);

/** What to do at each code; the rest follow their table row. */
const BY_CODE: Readonly<Record<number, (target: Target) => { ask: Text; commands: NextStep["commands"] }>> = {
	521: (target) => ({
		ask: text`Does port ${target.port} accept connections, including Cloudflare's?${target.port === 443 ? text` Cloudflare uses 443 for Full and Full (strict), 80 for Flexible.` : text``}`,
		commands: [{ about: text`On the origin, does anything listen there?`, command: `sudo ss -ltnp 'sport = :${target.port}'` }],
	}),
	522: (target) => ({
		ask: text`Does the origin respond without Cloudflare? If so, does a firewall drop or throttle Cloudflare's IP addresses?`,
		commands: [{ about: curlOnOrigin, command: timedCurl(target) }],
	}),
	523: () => ({
		ask: text`Is the IP address in Cloudflare's DNS still the origin's, and does the host's network have a route back to Cloudflare?`,
		commands: [{ about: text`The route back to Cloudflare:`, command: "ip route get 172.64.0.1" }],
	}),
	524: (target) => ({
		ask: text`What takes the origin so long? Cloudflare gives up after 125 s without a byte.`,
		commands: [{ about: curlOnOrigin, command: timedCurl(target) }],
	}),
	525: (target) => ({
		ask: text`Does the TLS handshake with the origin succeed?`,
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
	const logs =
		window === null || classification.ray === null
			? []
			: logCommands(
					window,
					[classification.ray.id],
					logMinutes(classification.ray.receivedAtMs, classification.waitMs ?? undefined),
				);
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
				commands: [{ about: curlOnOrigin, command: timedCurl(target) }],
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
