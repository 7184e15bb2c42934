import type { Verdict } from "../judge/verdict.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import { bold, code, type Text, text } from "../message/text.ts";
import { logMinutes } from "../read/ray/log-window.ts";
import type { Target } from "../read/text/target.ts";
import { directCurl, edgeCertificate, firstBytes, fromElsewhere, logSearch, timedCurl, whereItLeads } from "./commands.ts";
import { codeStep, type NextStep, questionStep, sentence } from "./next-step.ts";
import { isCloudflaresOwn } from "./site-words.ts";

/** The next step after a verdict on a site, as data. Pure. */
export function nextStep(verdict: Verdict, target: Target): NextStep {
	const { classification, look } = verdict.example;
	const number = verdict.code;
	switch (verdict.kind) {
		case "cloudflare-error":
		case "edge-code":
			return codeNext(verdict, target);
		case "gateway-error":
			return classification.maker === "cloudflare"
				? {
						step: "origin-log",
						ask: text`Is the origin's compression or Content-Length wrong? Turn off gzip as a test. With a tunnel, read cloudflared's errors.`,
						command: directCurl(target),
					}
				: {
						step: "origin-log",
						ask: text`This ${String(number)} is the origin's own (likely). Read its proxy's error log.`,
						command: logOf(verdict) ?? directCurl(target),
					};
		case "cut":
			return {
				step: "origin-log",
				ask: text`The origin stopped midway. Look for a killed worker at that second.`,
				command: directCurl(target),
			};
		case "origin-error":
			return {
				step: "origin-log",
				ask: text`What does the web server's log show for that second?`,
				command: logOf(verdict),
			};
		case "challenge":
			return {
				step: "ask-again",
				ask: text`A challenge hides the origin. Paste the Ray ID from your error page.`,
				command: null,
			};
		case "block":
			return {
				step: "security-events",
				ask: text`Find the rule under Security > Events by Ray ID. To diagnose the error itself, paste a visitor's Ray ID.`,
				command: null,
			};
		case "working":
			return { step: "who-is-hit", ask: text`It works from here. Who sees the error? Paste their Ray ID.`, command: null };
		case "silent":
			return {
				step: "direct-origin",
				ask: text`How long does the origin take? Cloudflare returns 524 after 125 s.`,
				command: timedCurl(target),
			};
		case "broken":
			return { step: "direct-origin", ask: text`What are the first bytes?${triesTls(target)}`, command: firstBytes(target) };
		case "not-cloudflare":
			return {
				step: "wrong-target",
				ask: text`${code(target.host, 80)} does not use Cloudflare. Which page shows the 520?`,
				command: isIpAddress(target) ? null : whereItLeads(target),
			};
		case "unreached":
			return look.kind === "unreached" && look.stage === "certificate"
				? {
						step: "certificate",
						ask: text`The edge certificate is invalid, so browsers warn first. Fix it first.`,
						command: edgeCertificate(target),
					}
				: {
						step: "edge-trace",
						ask: text`I could not connect to ${code(target.host, 80)}, so this is not a 520.`,
						command: fromElsewhere(target),
					};
	}
}

/** The same for one of Cloudflare's codes. */
function codeNext(verdict: Verdict, target: Target): NextStep {
	const { kind, code: number, pattern } = verdict;
	const direct = directCurl(target);
	if (number === 520 && kind === "edge-code")
		return {
			step: "origin-log",
			ask: text`Did the origin send the 520 itself? Look for status 520 in its access log.`,
			command: logOf(verdict) ?? direct,
		};
	if (number === 520)
		return pattern.kind === "random"
			? {
					step: "origin-log",
					ask: text`The failure is intermittent, so read the origin's log first.`,
					command: logOf(verdict) ?? direct,
				}
			: { step: "direct-origin", ask: text`Request the page straight from the origin:`, command: direct };
	const special = number === null ? null : codeStep(number, target);
	if (special !== null) return special;
	const entry = entryOf(verdict);
	return {
		step: "explain",
		ask: entry === undefined ? text`Send the Ray ID to Cloudflare support.` : text`Check first: ${sentence(entry.lookFirst)}`,
		command: null,
	};
}

/** What our table says of the code; undefined where it speaks of another failure. */
const entryOf = (verdict: Verdict) => (verdict.code === null || isCloudflaresOwn(verdict) ? undefined : findCode(verdict.code));

/** The search in the origin's log for the request that shows a verdict; null where its time is not known. */
function logOf({ example }: Verdict): string | null {
	const { ray, waitMs } = example.classification;
	return ray === null ? null : logSearch([ray.id], logMinutes(ray.receivedAtMs, waitMs ?? undefined));
}

const isIpAddress = ({ host }: Target): boolean => /^[\d.]+$|:/.test(host);

const triesTls = ({ scheme }: Target): Text =>
	scheme === "http" ? text` If this port speaks TLS, check https instead.` : text``;

/** What ends an answer about a site that has no case. */
interface Ending {
	/** The next step in words, whole. */
	readonly ask: Text;
	/** The one command that it is about; null for none. */
	readonly command: string | null;
}

const next = (what: Text, command: string | null = null): Ending => ({ ask: text`${bold("Next:")} ${what}`, command });

/** The next step of an answer about a site that has no case, with the one command that helps. Pure. */
export function ending(verdict: Verdict, target: Target): Ending {
	const { look } = verdict.example;
	switch (verdict.kind) {
		case "working":
			return { ask: text`Failing for you?`, command: null };
		case "origin-error":
			return next(text`what does the web server's log show for that second?`, logOf(verdict));
		case "challenge":
			return next(text`what does your browser show? Paste the Ray ID or the response headers.`);
		case "block":
			return next(text`find the rule under Security > Events by Ray ID. For the error itself, paste what a visitor sees.`);
		case "silent":
			return next(text`run this on the origin server. How long does it take?`, timedCurl(target));
		case "broken":
			return next(text`what are its first bytes?${triesTls(target)}`, firstBytes(target));
		case "not-cloudflare":
			return verdict.fails
				? next(text`does the name lead where it should?`, isIpAddress(target) ? null : whereItLeads(target))
				: { ask: text`Which page shows the 520?`, command: null };
		case "unreached":
			return look.kind === "unreached" && look.stage === "certificate"
				? next(text`fix it under SSL/TLS > Edge Certificates in Cloudflare. What is wrong with it?`, edgeCertificate(target))
				: next(text`does it load from another network?`, fromElsewhere(target));
		default:
			return codeEnding(verdict, target);
	}
}

function codeEnding(verdict: Verdict, target: Target): Ending {
	const { code: number, example } = verdict;
	if (number !== null && codeStep(number, target) !== null) {
		const { ask, command } = questionStep("direct-origin", { target, code: String(number), rays: [], atMs: null });
		return next(ask, command);
	}
	const entry = entryOf(verdict);
	if (entry !== undefined) return { ask: text`${bold("Check first:")} ${sentence(entry.lookFirst)}`, command: null };
	const what = example.classification.ray === null ? "the URL and the time" : "the Ray ID";
	return next(text`send ${what} to Cloudflare support.`);
}
