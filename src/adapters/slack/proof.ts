import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/**
 * How `doctor` finds out whether a public URL leads to a cf520 with the same signing secret: it sends a request signed as Slack signs, with
 * a word of its own, and the answer is a keyed hash of that word. Any server can repeat what it was sent; this answer needs the secret.
 */

/** Carries the word; Slack sends no such header. */
export const PROOF_HEADER = "x-cf520-doctor";
const WORD = /^[0-9a-f]{32}$/;

/** To everything else it is the request by which Slack checks an endpoint, which changes nothing. */
export const proofBody = (word: string): string => JSON.stringify({ type: "url_verification", token: "doctor", challenge: word });

/** Slack's signature: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slackSignature = (secret: string, timestamp: string, body: string): string =>
	`v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;

/** What only a holder of the secret can answer. No signature of Slack's begins like what is hashed here. */
export const proofOf = (secret: string, word: string): string =>
	createHmac("sha256", secret).update(`cf520 doctor:${word}`).digest("hex");

export const isSame = (one: string, other: string): boolean =>
	one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/**
 * Reads a request of `doctor`. Its body is known from its word, so only headers are read.
 * @returns the answer's JSON; null: it is none, or signed with another secret
 */
export function proofFor(secret: string, headers: IncomingHttpHeaders): string | null {
	const word = headers[PROOF_HEADER];
	if (typeof word !== "string" || !WORD.test(word)) return null;
	const signature = slackSignature(secret, String(headers["x-slack-request-timestamp"]), proofBody(word));
	if (!isSame(signature, String(headers["x-slack-signature"]))) return null;
	return JSON.stringify({ proof: proofOf(secret, word) });
}
