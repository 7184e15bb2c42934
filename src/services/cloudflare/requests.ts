import { type Called, call, type Service } from "../call.ts";
import type { Budgets } from "./budget.ts";
import type { Refused } from "./shares.ts";

const DEADLINE_MS = 5_000;
const MAX_BYTES = 2_000_000;
/** How long after a lost connection, a 5xx or "try again later" it is tried again. */
const AGAIN_AFTER_MS = 1_000;

/** Whose token is used. */
export interface Access {
	/** Tells accesses apart in memory; nobody else sees it. */
	readonly key: string;
	readonly token: string;
}

/** One request. */
interface Ask {
	readonly method: "GET" | "POST";
	/** Behind the base; begins with a slash. */
	readonly path: string;
	readonly body?: unknown;
}

export type Answered = Extract<Called, { kind: "answered" }>;

/** What one question may still ask. */
export interface Requests {
	/** How many are left of this question's own. */
	readonly left: () => number;
	/**
	 * Asks; once more after a 5xx or a lost connection, as a request of its own. Never rejects.
	 * @param isLater whether an answer says that the same may work a moment later
	 */
	ask(what: Ask, isLater?: (answer: Answered) => boolean): Promise<Answered | Refused>;
	/** Cloudflare said in an answer that it is too much. */
	limited(retryAfter?: string): Refused;
}

/** What requests are made with. */
export interface Client {
	/** Without a token: each access has its own. */
	readonly service: Omit<Service, "token">;
	readonly budgets: Budgets;
	readonly now: () => number;
	readonly later: (ms: number, work: () => void) => () => void;
}

/**
 * The requests of one question.
 * @param max of this question
 * @param signal ends them early
 */
export function requestsFor(client: Client, access: Access, max: number, signal?: AbortSignal): Requests {
	const service: Service = { ...client.service, token: access.token };
	let left = max;
	const once = async ({ method, path, body }: Ask, endsAtMs: number): Promise<Called | Refused> => {
		const deadlineMs = Math.min(DEADLINE_MS, endsAtMs - client.now());
		if (left <= 0 || deadlineMs <= 0 || signal?.aborted === true) return { kind: "unreachable" };
		const limited = await client.budgets.take(access.key);
		if (limited !== null) return limited;
		left -= 1;
		const sent = body === undefined ? {} : { body };
		return call(service, { method, path, ...sent, maxBytes: MAX_BYTES, deadlineMs, again: false }, signal);
	};
	const limited = (retryAfter?: string) => client.budgets.limited(access.key, retryAfter);
	return {
		left: () => left,
		limited,
		ask: async (what, isLater = () => false) => {
			const endsAtMs = client.now() + DEADLINE_MS;
			let answer = await once(what, endsAtMs);
			if (left > 0 && (isLost(answer) || (answer.kind === "answered" && isLater(answer)))) {
				await new Promise<void>((resolve) => void client.later(AGAIN_AFTER_MS, resolve));
				answer = await once(what, endsAtMs);
			}
			if (answer.kind === "failed") return { kind: "unreachable" };
			if (answer.kind !== "answered") return answer;
			return answer.status === 429 ? limited(answer.headers["retry-after"]) : answer;
		},
	};
}

/** Worth another try: the same may work a moment later. */
const isLost = (answer: Called | Refused): boolean =>
	answer.kind === "answered" ? answer.status >= 500 : answer.kind === "failed" && answer.why === "unreachable";
