import type { Verdict } from "../judge/verdict.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import { EVIDENCE, type EvidenceKey } from "../knowledge/evidence.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, command, list, say } from "../message/message.ts";
import { shellQuote } from "../message/show.ts";
import { code, ours, type Text, text, utc } from "../message/text.ts";
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

/** What the system's own log says of that time. */
function journal(window: LogWindow): string {
	const at = (ms: number) => shellQuote(utc(ms));
	return `sudo journalctl --no-pager --utc -o short-iso --since ${at(window.fromMs)} --until ${at(window.toMs)}`;
}

/**
 * What to paste on the origin to find the request: in the web server's logs, by Ray ID and minute; in the journal, by second.
 * @param minutes a moment in each minute that is searched, Unix milliseconds
 */
export function logCommands(window: LogWindow, rays: readonly string[], minutes: readonly number[]): NextStep["commands"] {
	return [
		{
			about: text`On the origin (nginx, Apache; change the folder for others). Run it as root, because otherwise grep may find nothing.`,
			command: logSearch(rays, minutes),
		},
		{
			about: text`Errors, crashes and restarts at that time:`,
			command: journal(window),
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
		ask: text`Is the IP address in Cloudflare DNS still the origin's, and does the provider's network have a route to Cloudflare?`,
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
		ask: text`Which name does the CNAME of ${code(target.host, 80)} (or the load balancer's pool) point to in Cloudflare DNS, and does it resolve?`,
		commands: [{ about: text`With that name in place of ORIGIN-NAME:`, command: "dig +short ORIGIN-NAME" }],
	}),
	1101: () => ({
		ask: text`Which exception does the Worker throw? Run this with its name in place of WORKER, then load the page.`,
		commands: [{ about: text`Where you are logged in with wrangler:`, command: "npx wrangler tail WORKER" }],
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

/** The next step after a verdict on a site, as data. Pure. */
export function nextStep(verdict: Verdict, target: Target): NextStep {
	const { classification, look } = verdict.example;
	const { ray, waitMs } = classification;
	const number = verdict.code;
	const logs =
		ray === null
			? []
			: logCommands(
					logWindow(ray.receivedAtMs, ray.receivedAtMs, waitMs ?? undefined),
					[ray.id],
					logMinutes(ray.receivedAtMs, waitMs ?? undefined),
				);
	const direct = { about: curlOnOrigin, command: directCurl(target), reads: CURL_SAYS };
	switch (verdict.kind) {
		case "cloudflare-error":
		case "edge-code":
			return codeNext(verdict, target, direct, logs);
		case "gateway-error":
			return classification.maker === "cloudflare"
				? {
						step: "origin-log",
						ask: text`Is the origin's compression or Content-Length wrong? Turn off gzip as a test. With a tunnel, read cloudflared's errors.`,
						commands: [direct, ...logs],
					}
				: {
						step: "origin-log",
						ask: text`This ${String(number)} is the origin's own (likely). Read its proxy's error log.`,
						commands: [...logs, direct],
					};
		case "cut":
			return {
				step: "origin-log",
				ask: text`The origin stopped midway. Look for a killed worker at that second.`,
				commands: [direct, ...logs],
			};
		case "origin-error":
			return {
				step: "origin-log",
				ask: text`What does the application's log show for that second?`,
				commands: logs,
			};
		case "challenge":
			return {
				step: "ask-again",
				ask: text`A challenge hides the origin. Paste the Ray ID from your error page.`,
				commands: [],
			};
		case "block":
			return {
				step: "security-events",
				ask: text`Find the rule under Security > Events by Ray ID. To diagnose the error itself, paste a visitor's Ray ID.`,
				commands: [],
			};
		case "working":
			return {
				step: "who-is-hit",
				ask: text`It works from here. Who sees the error? Paste their Ray ID.`,
				commands: [],
			};
		case "silent":
			return {
				step: "direct-origin",
				ask: text`How long does the origin take? Cloudflare returns 524 after 125 s.`,
				commands: [{ about: curlOnOrigin, command: timedCurl(target) }],
			};
		case "broken":
			return {
				step: "direct-origin",
				ask: text`What are the first bytes?${target.scheme === "http" ? text` If this port speaks TLS, check https instead.` : text``}`,
				commands: [{ about: fromAnywhere, command: firstBytes(target) }],
			};
		case "not-cloudflare":
			return {
				step: "wrong-target",
				ask: text`${code(target.host, 80)} does not use Cloudflare. Which page shows the 520?`,
				commands: isIpAddress(target) ? [] : [{ about: fromAnywhere, command: whereItLeads(target) }],
			};
		case "unreached":
			return look.kind === "unreached" && look.stage === "certificate"
				? {
						step: "certificate",
						ask: text`The edge certificate is invalid, so browsers warn first. Fix it first.`,
						commands: [{ about: fromAnywhere, command: edgeCertificate(target) }],
					}
				: {
						step: "edge-trace",
						ask: text`I could not connect to ${code(target.host, 80)}, so this is not a 520.`,
						commands: [{ about: text`From another network:`, command: fromElsewhere(target) }],
					};
	}
}

/** The same for one of Cloudflare's codes. */
function codeNext(
	{ kind, code: number, pattern }: Verdict,
	target: Target,
	direct: NextStep["commands"][number],
	logs: NextStep["commands"],
): NextStep {
	if (number === 520 && kind === "edge-code")
		return {
			step: "origin-log",
			ask: text`Did the origin send the 520 itself? Look for status 520 in its access log.`,
			commands: [...logs, direct],
		};
	if (number === 520)
		return pattern.kind === "random"
			? {
					step: "origin-log",
					ask: text`The failure is intermittent, so read the origin's log first.`,
					commands: [...logs, direct],
				}
			: { step: "direct-origin", ask: text`Request the page straight from the origin:`, commands: [direct, ...logs] };
	const special = number === null ? null : codeStep(number, target);
	if (special !== null) return special;
	const entry = number === null ? undefined : findCode(number);
	return {
		step: "explain",
		ask: entry === undefined ? text`Send the Ray ID to Cloudflare support.` : text`Check first: ${sentence(entry.lookFirst)}`,
		commands: [],
	};
}

const fromAnywhere = text`From any machine:`;

const isIpAddress = ({ host }: Target): boolean => /^[\d.]+$|:/.test(host);

/** The first bytes of what is not HTTP. */
const firstBytes = (target: Target): string =>
	`curl -svk --http0.9 --raw -o - --max-time 20 ${shellQuote(maskedUrl(target.url))} | head -c 512 | od -c | head -40`;

const whereItLeads = ({ host }: Target): string =>
	`dig +short ${shellQuote(host)} A ${shellQuote(host)} AAAA ${shellQuote(host)} CNAME`;

const edgeCertificate = ({ host, port }: Target): string =>
	`openssl s_client -connect ${shellQuote(`${host}:${port}`)} -servername ${shellQuote(host)} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName`;

const fromElsewhere = (target: Target): string => `curl -sv -o /dev/null --max-time 20 ${shellQuote(maskedUrl(target.url))}`;

/** What a question about a case is about. */
export interface QuestionAbout {
	readonly target: Target;
	/** The code that visitors see, as text. */
	readonly code: string;
	/** Ray IDs of failing requests. */
	readonly rays: readonly string[];
	/** When the failing request was received, Unix milliseconds; null where nobody knows. */
	readonly atMs: number | null;
	/** How long Cloudflare waited, milliseconds, where that is known. */
	readonly waitMs?: number;
	/** The same request works now and then. */
	readonly intermittent?: boolean;
}

/** A question as it is asked about one case. */
export interface QuestionStep {
	/** One instruction that ends with a question mark; it follows "Next:". */
	readonly ask: Text;
	/** The one command that finds the answer; null for none. */
	readonly command: string | null;
	/** Labels of answers where this command or code needs other ones, by value. */
	readonly labels: Readonly<Record<string, string>>;
}

/** What curl's exit shows, on the buttons. */
const CURL_LABELS = {
	ok: "Exit 0…",
	"closed-empty": "Empty reply (52)",
	"closed-mid-body": "Cut off (18)",
	reset: "Reset (56)",
	"tls-failure": "TLS error (35)",
	slow: "Timed out (28)",
	refused: "Refused (7)",
} as const;

/** What to ask of the origin under each code, and what its answers are called; the command is the code's own. */
const ORIGIN_QUESTIONS: Readonly<Record<number, Omit<QuestionStep, "command">>> = {
	521: {
		ask: text`on the server, does anything listen?`,
		labels: { refused: "Nothing listens", ok: "It listens" },
	},
	522: {
		ask: text`run this on the origin server. Does it respond there?`,
		labels: { ...CURL_LABELS, ok: "It responds" },
	},
	523: {
		ask: text`on the server, is there a route to Cloudflare?`,
		labels: { ok: "There is a route", "no-route": "No route" },
	},
	524: {
		ask: text`run this on the origin server. How long does it take?`,
		labels: { ...CURL_LABELS, ok: "Under 125 s", slow: "125 s or more" },
	},
	525: {
		ask: text`run this on the origin server. Does the TLS handshake work?`,
		labels: { ok: "It works", "tls-failure": "It fails", refused: "Connection refused" },
	},
	526: {
		ask: text`run this on the origin server. Is the certificate valid for this name?`,
		labels: { ok: "Valid for this name", "tls-failure": "Expired or wrong name" },
	},
	1016: {
		ask: text`which name does Cloudflare DNS give as the origin, and does it resolve?`,
		labels: { ok: "It resolves", "no-route": "It does not resolve" },
	},
	1033: {
		ask: text`where the tunnel runs, is cloudflared active?`,
		labels: { ok: "Active", refused: "Not active" },
	},
	1101: {
		ask: text`run this with the Worker's name, then load the page. Which exception does it print?`,
		labels: { "server-error": "An exception", ok: "None" },
	},
};

/**
 * One question of a case, as it is asked about it: the one instruction with its one command. Pure.
 * @param key what is asked; a key without a command is asked in its own words
 */
export function questionStep(key: EvidenceKey, about: QuestionAbout): QuestionStep {
	switch (key) {
		case "direct-origin":
			return originQuestion(about);
		case "origin-log":
			return logQuestion(about);
		case "host-health":
			return healthQuestion(about);
		default:
			return { ask: lowered(EVIDENCE[key].ask), command: null, labels: {} };
	}
}

function originQuestion({ target, code: name, intermittent }: QuestionAbout): QuestionStep {
	const number = Number(name);
	const own = ORIGIN_QUESTIONS[number];
	const command = codeStep(number, target)?.commands[0]?.command;
	if (own !== undefined && command !== undefined) return { ...own, command };
	return {
		ask:
			intermittent === true
				? text`run this on the origin server a few times. What does it print when it fails?`
				: text`run this on the origin server. What does it print?`,
		command: directCurl(target),
		labels: CURL_LABELS,
	};
}

function logQuestion({ rays, atMs, waitMs, intermittent }: QuestionAbout): QuestionStep {
	const why = intermittent === true ? "the failure is intermittent, so " : "";
	if (atMs === null) return { ask: text`${why}what does the origin's log show for this request?`, command: null, labels: {} };
	return {
		ask: text`${why}what does the origin's log show for ${secondOf(atMs)}?`,
		command: logSearch(rays, logMinutes(atMs, waitMs)),
		labels: {},
	};
}

function healthQuestion({ atMs, waitMs }: QuestionAbout): QuestionStep {
	if (atMs === null) return { ask: lowered(EVIDENCE["host-health"].ask), command: null, labels: {} };
	return {
		ask: text`how was the server at ${secondOf(atMs)}? Did anything crash or restart?`,
		command: journal(logWindow(atMs, atMs, waitMs)),
		labels: {},
	};
}

/** `13:56:05 UTC`. */
const secondOf = (ms: number): string => utc(ms).slice(11);

/** A question of our own behind "Next:". */
const lowered = (s: string): Text => ours(s.slice(0, 1).toLowerCase() + s.slice(1));

/** The question that ends an answer about a site without a case, with the one command that helps. Pure. */
export function verdictQuestion(verdict: Verdict, target: Target): Pick<QuestionStep, "ask" | "command"> {
	const { classification, look } = verdict.example;
	switch (verdict.kind) {
		case "working":
			return { ask: text`Failing for you?`, command: null };
		case "origin-error":
			return logOf(verdict, text`what does the application's log show for that second?`);
		case "challenge":
			return { ask: text`what does your browser show? Paste the Ray ID or the response headers.`, command: null };
		case "block":
			return {
				ask: text`which rule is it? Find it under Security > Events by Ray ID. For the error itself, paste what a visitor sees.`,
				command: null,
			};
		case "silent":
			return { ask: text`run this on the origin server. How long does it take?`, command: timedCurl(target) };
		case "broken":
			return {
				ask: text`what are its first bytes?${target.scheme === "http" ? text` If this port speaks TLS, check https instead.` : text``}`,
				command: firstBytes(target),
			};
		case "not-cloudflare":
			if (!verdict.fails) return { ask: text`which page shows the 520?`, command: null };
			return { ask: text`does the name lead where it should?`, command: isIpAddress(target) ? null : whereItLeads(target) };
		case "unreached":
			return look.kind === "unreached" && look.stage === "certificate"
				? {
						ask: text`what is wrong with it? Fix it under SSL/TLS > Edge Certificates in Cloudflare.`,
						command: edgeCertificate(target),
					}
				: { ask: text`does it load from another network?`, command: fromElsewhere(target) };
		default:
			return codeQuestion(verdict.code, target, classification.ray !== null);
	}
}

function logOf({ example }: Verdict, question: Text): Pick<QuestionStep, "ask" | "command"> {
	const { ray, waitMs } = example.classification;
	return {
		ask: question,
		command: ray === null ? null : logSearch([ray.id], logMinutes(ray.receivedAtMs, waitMs ?? undefined)),
	};
}

function codeQuestion(number: number | null, target: Target, hasRay: boolean): Pick<QuestionStep, "ask" | "command"> {
	if (number !== null && ORIGIN_QUESTIONS[number] !== undefined)
		return originQuestion({ target, code: String(number), rays: [], atMs: null });
	const entry = number === null ? undefined : findCode(number);
	if (entry !== undefined) return { ask: text`check this first: ${sentence(entry.lookFirst)}`, command: null };
	return { ask: text`send ${hasRay ? "the Ray ID" : "the URL and the time"} to Cloudflare support.`, command: null };
}

/** What somebody can send to whom who cannot reach the server: a visitor, or a user of another company's API. */
export interface VisitorAbout {
	/** The code that visitors see, as text. */
	readonly code: string;
	readonly rays: readonly string[];
	/** When the failing request was received, Unix milliseconds; null where nobody knows. */
	readonly atMs: number | null;
	/** Seconds after which to try again, where Cloudflare says that. */
	readonly retryAfterS?: number | null;
}

/** The next step of a visitor or of an API's user. Pure. */
export function visitorStep(target: Target, { code: name, rays: [ray], atMs, retryAfterS = null }: VisitorAbout): Text {
	const request = ray === undefined ? text`the URL` : text`Ray ID ${code(ray)}`;
	const when = atMs === null ? text`the time` : text`${secondOf(atMs)}`;
	const again = retryAfterS === null ? text`Try again in a minute.` : text`Try again after ${retryAfterS} s.`;
	return text`You cannot fix this from your side. Send the owner of ${code(target.host, 80)}, or the API's support: error ${name}, ${request}, ${when}. ${again}`;
}

/** The step as blocks: the question first, then one command a block. */
export function stepBlocks(step: NextStep): Block[] {
	return [
		say(step.ask),
		...step.commands.flatMap((one) => [command(one.about, one.command), list(one.reads ?? [])].filter((block) => block !== null)),
	];
}
