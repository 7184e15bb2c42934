import type { Evidence } from "../../knowledge/evidence.ts";

/** What was understood from a text: the answer of `read -`. Every field is always there. */
export interface Understood {
	readonly intent: Intent;
	/** The site that failed; null when there is none, or several are left. */
	readonly target: string | null;
	/** Several sites are left and none stands out. */
	readonly candidates: readonly string[];
	/** The error code that the text tells. */
	readonly code: string | null;
	/** `id`: 16 hex digits. */
	readonly rays: readonly { readonly id: string; readonly colo: string | null }[];
	/** A bare id may be a Ray ID: whether it is one has to be asked. */
	readonly askedRay: boolean;
	/** When the failure was, by the text: ISO with milliseconds. */
	readonly errorTime: string | null;
	readonly curlExit: number | null;
	readonly response: UnderstoodResponse | null;
	/** Ids of log lines, in their order. */
	readonly logs: readonly string[];
	/** What enters the case of the thread. */
	readonly evidence: Evidence;
	/** A plain sentence taken for an answer: asked back, not entered by itself. */
	readonly answer: { readonly key: string; readonly value: string } | null;
	/** Asked places in the person's words. */
	readonly places: readonly string[];
	/** `3h`, of numbers. */
	readonly since: string | null;
	/** What the reply has to ask back before it can do more. */
	readonly asks: "address" | "which-site" | "ray" | "answer" | null;
}

/** A response that a text holds. */
interface UnderstoodResponse {
	/** null: it has no status line. */
	readonly status: number | null;
	/** Cloudflare passed it or made it: it says nothing about the origin's bytes. */
	readonly throughEdge: boolean;
	/** What a proxy does with it; null where it came through Cloudflare. */
	readonly proxy: string | null;
}

const INTENTS = [
	"site",
	"rays",
	"code",
	"headers",
	"origin",
	"autopsy",
	"logs",
	"answer",
	"recheck",
	"watch",
	"unwatch",
	"status",
	"report",
	"solved",
	"explain",
	"evidence",
	"undo",
	"places",
	"connect",
	"admin",
	"forget",
	"help",
	"privacy",
	"thanks",
	"unclear",
] as const;
/** What a text wants. */
export type Intent = (typeof INTENTS)[number];

/** What a thread already knows. */
export interface Thread {
	readonly url?: string | null | undefined;
	readonly code?: string | null | undefined;
	/** 16 hex digits each. */
	readonly rays?: readonly string[] | undefined;
	/** The window of the failing request, Unix milliseconds. */
	readonly fromMs?: number | null | undefined;
	readonly toMs?: number | null | undefined;
	/** The evidence key of the open question. */
	readonly asks?: string | null | undefined;
}
