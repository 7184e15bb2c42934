import type { Watch, WatchLook } from "../judge/watch.ts";
import type { Block } from "../message/message.ts";
import { code, text } from "../message/text.ts";
import { hourAndMinute } from "./watch-words.ts";

/** Slack, chart block: categories at most; every one has another name. */
const BUCKETS_MAX = 20;

const SIGNS: Readonly<Record<WatchLook["outcome"], string>> = { failing: "x", working: ".", unclear: "?" };

/** The newest checks by time, as a chart and as one line; null as long as there is none. */
export function checksChart({ recent }: Pick<Watch, "recent">): Extract<Block, { kind: "chart" }> | null {
	const [first] = recent;
	const last = recent.at(-1);
	if (first === undefined || last === undefined) return null;
	const buckets = bucketsOf(recent);
	const values = (outcome: WatchLook["outcome"]) =>
		buckets.map(({ looks }) => looks.filter((look) => look.outcome === outcome).length);
	const hidden = values("unclear");
	const series = [
		{ name: "failed", values: values("failing") },
		{ name: "worked", values: values("working") },
		...(hidden.some((n) => n > 0) ? [{ name: "hidden", values: hidden }] : []),
	];
	const signs = recent.map(({ outcome }) => SIGNS[outcome]).join("");
	return {
		kind: "chart",
		title: "Checks over time (UTC)",
		categories: buckets.map(({ name }) => name),
		series,
		text: text`${hourAndMinute(first.atMs)} ${code(signs)} ${hourAndMinute(last.atMs)} UTC (x failed, . OK, ? hidden)`,
	};
}

interface Bucket {
	/** `14:02`, UTC. */
	readonly name: string;
	readonly looks: readonly WatchLook[];
}

/** Checks in groups of one size, each called after its first; those of one minute are one group. */
function bucketsOf(recent: readonly WatchLook[]): readonly Bucket[] {
	const size = Math.ceil(recent.length / BUCKETS_MAX);
	const buckets: Bucket[] = [];
	for (let at = 0; at < recent.length; at += size) {
		const looks = recent.slice(at, at + size);
		const atMs = looks[0]?.atMs ?? 0;
		const last = buckets.at(-1);
		const time = hourAndMinute(atMs);
		if (last?.name === time) buckets[buckets.length - 1] = { name: time, looks: [...last.looks, ...looks] };
		// The same time of the next day.
		else if (buckets.some(({ name }) => name === time))
			buckets.push({ name: `${new Date(atMs).toISOString().slice(5, 10)} ${time}`, looks });
		else buckets.push({ name: time, looks });
	}
	return buckets;
}
