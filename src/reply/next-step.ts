import { EVIDENCE, type EvidenceKey } from "../knowledge/evidence.ts";
import { code, ours, type Text, text, utc } from "../message/text.ts";
import { logMinutes, logWindow } from "../read/ray/log-window.ts";
import type { Target } from "../read/text/target.ts";
import {
	APPLICATION_PORT,
	captureRing,
	directCurl,
	handshake,
	journal,
	listening,
	logSearch,
	originCertificate,
	originName,
	RING_FILES,
	readCapture,
	routeBack,
	timedCurl,
	tunnelState,
	workerLog,
} from "./commands.ts";
import { lowered } from "./words.ts";

/** The one thing to do next, for the owner. `step` is an evidence key (DESIGN) where the answer to it is evidence. */
export interface NextStep {
	readonly step: string;
	readonly ask: Text;
	/** The one command that finds the answer; null for none. */
	readonly command: string | null;
}

/** What a code asks of the origin, and how to find out; the rest follow their table row. */
const BY_CODE: Readonly<Record<number, (target: Target) => Omit<NextStep, "step">>> = {
	521: (target) => ({
		ask: text`Does port ${target.port} accept connections, including Cloudflare's?${target.port === 443 ? text` Cloudflare uses 443 for Full and Full (strict), 80 for Flexible.` : text``}`,
		command: listening(target),
	}),
	522: (target) => ({
		ask: text`Does the origin respond without Cloudflare? If so, does a firewall drop or throttle Cloudflare's IP addresses?`,
		command: timedCurl(target),
	}),
	523: () => ({
		ask: text`Is the IP address in Cloudflare DNS still the origin's, and does the provider's network have a route to Cloudflare?`,
		command: routeBack,
	}),
	524: (target) => ({
		ask: text`What takes the origin so long? Cloudflare gives up after 125 s without a byte.`,
		command: timedCurl(target),
	}),
	525: (target) => ({ ask: text`Does the TLS handshake with the origin succeed?`, command: handshake(target) }),
	526: (target) => ({
		ask: text`Is the origin's certificate in date, issued by a public authority or Cloudflare's Origin CA, and for this name?`,
		command: originCertificate(target),
	}),
	1016: (target) => ({
		ask: text`Which name does the CNAME of ${code(target.host, 80)} (or the load balancer's pool) point to in Cloudflare DNS, and does it resolve?`,
		command: originName,
	}),
	1101: () => ({
		ask: text`Which exception does the Worker throw? Run this with its name in place of WORKER, then load the page.`,
		command: workerLog,
	}),
	1033: () => ({
		ask: text`Is cloudflared running on the origin's machine, and can it reach Cloudflare on port 7844?`,
		command: tunnelState,
	}),
};

/** The one next step that a code says itself; null where it says none. */
export function codeStep(number: number, target: Target): NextStep | null {
	const step = BY_CODE[number]?.(target);
	return step === undefined ? null : { step: `code-${number}`, ...step };
}

/** Words from our own table, as a sentence: not foreign, not cut. */
export const sentence = (s: string): Text => ours(/[.?!]$/.test(s) ? s : `${s}.`);

/** What a question about a case is about. */
export interface QuestionAbout {
	readonly target: Target;
	/** The code that visitors see, as text. */
	readonly code: string;
	/** Ray IDs of failing requests. */
	readonly rays: readonly string[];
	/** When the failing request was received, Unix milliseconds; null if unknown. */
	readonly atMs: number | null;
	/** How long Cloudflare waited, milliseconds, where that is known. */
	readonly waitMs?: number;
	/** The same request works now and then. */
	readonly intermittent?: boolean;
	/** It fails so seldom that a few requests do not meet it: what happens is recorded. */
	readonly seldom?: boolean;
}

/** A question as it is asked about one case. */
export interface QuestionStep {
	/** One instruction that ends with a question mark; it follows "Next:". */
	readonly ask: Text;
	/** The one command that finds the answer; null for none. */
	readonly command: string | null;
	/** Labels of answers where this command or code needs other ones, by value. */
	readonly labels: Readonly<Record<string, string>>;
	/** Values that come first whatever is expected: what the command shows most often, most common first. */
	readonly first?: readonly string[];
	/** Its result is pasted: what the button for that says. */
	readonly pastes?: string;
}

/** What only asks for the line that curl printed: exit 0 alone clears nothing. */
export const EXIT_ZERO = "Exit 0…";

/** What curl's exit shows, on the buttons. */
const CURL_LABELS = {
	ok: EXIT_ZERO,
	"closed-empty": "Empty reply (52)",
	"closed-mid-body": "Cut off (18)",
	reset: "Reset (56)",
	"tls-failure": "TLS error (35)",
	slow: "Timed out (28)",
	refused: "Refused (7)",
	"no-route": "No route (7)",
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
		// On the machine itself there is always a route.
		first: ["ok", "slow", "refused"],
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

/** What answers to the question about the origin are called under this code alone, by value; what curl shows has one name under all. */
export function originLabels(code: string): Readonly<Record<string, string>> {
	const labels = Object.entries(ORIGIN_QUESTIONS[Number(code)]?.labels ?? {});
	const curl: Readonly<Record<string, string>> = CURL_LABELS;
	return Object.fromEntries(labels.filter(([value, label]) => curl[value] !== label));
}

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
			return { ask: ours(lowered(EVIDENCE[key].ask)), command: null, labels: {} };
	}
}

function originQuestion({ target, code: name, intermittent, seldom }: QuestionAbout): QuestionStep {
	const number = Number(name);
	const own = ORIGIN_QUESTIONS[number];
	const command = codeStep(number, target)?.command;
	if (own !== undefined && command !== undefined) return { ...own, command };
	if (seldom === true)
		return {
			ask: text`record on the origin server until it fails again. What does ${code(readCapture(RING_FILES, null))} print then?`,
			command: captureRing(APPLICATION_PORT),
			labels: {},
			pastes: "Paste the result…",
		};
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
	if (atMs === null) return { ask: ours(lowered(EVIDENCE["host-health"].ask)), command: null, labels: {} };
	return {
		ask: text`how was the server at ${secondOf(atMs)}? Did anything crash or restart?`,
		command: journal(logWindow(atMs, atMs, waitMs)),
		labels: {},
	};
}

/** `13:56:05 UTC`. */
const secondOf = (ms: number): string => utc(ms).slice(11);

/** What someone without access to the server can send to whom: a visitor or API user. */
interface VisitorAbout {
	/** The code that visitors see, as text. */
	readonly code: string;
	/** They see no code, but a response that is cut off midway. */
	readonly isCut?: boolean;
	readonly rays: readonly string[];
	/** When the failing request was received, Unix milliseconds; null if unknown. */
	readonly atMs: number | null;
	/** Seconds after which to try again, where Cloudflare says that. */
	readonly retryAfterS?: number | null;
}

/** The next step of a visitor or of an API's user. Pure. */
export function visitorStep(
	target: Target,
	{ code: name, isCut = false, rays: [ray], atMs, retryAfterS = null }: VisitorAbout,
): Text {
	const request = ray === undefined ? text`the URL` : text`Ray ID ${code(ray)}`;
	const when = atMs === null ? text`the time` : text`${secondOf(atMs)}`;
	const again = retryAfterS === null ? text`Try again in a minute.` : text`Try again after ${retryAfterS} s.`;
	return text`You cannot fix this from your side. Send the owner of ${code(target.host, 80)}, or the API's support: ${isCut ? "the response is cut off midway" : `error ${name}`}, ${request}, ${when}. ${again}`;
}
