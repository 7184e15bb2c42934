import type { Count, Part, Shares, Split } from "../../src/services/cloudflare/shares.ts";
import type { FakeRequest } from "./cloudflare.ts";

const MINUTE_MS = 60_000;

/** How many requests are alike, sampled: one row in `k` is kept, for each question anew, and stands for `k`. */
function groups<K>(rows: readonly FakeRequest[], of: (one: FakeRequest) => K, k: number, random: () => number): Part<K>[] {
	const out = new Map<string, { of: K; n: number }>();
	for (const one of rows) {
		if (k > 1 && random() >= 1 / k) continue;
		const value = of(one);
		const key = typeof value === "object" ? JSON.stringify(value) : String(value);
		const before = out.get(key);
		if (before === undefined) out.set(key, { of: value, n: 1 });
		else before.n += 1;
	}
	return [...out.values()].map(({ of, n }) => ({ of, count: counted(n, k) })).sort((a, b) => b.count.estimate - a.count.estimate);
}

export function counted(n: number, k: number): Count {
	const error = k === 1 ? 0 : 1.96 * k * Math.sqrt(n * (1 - 1 / k));
	return {
		estimate: n * k,
		n,
		interval: k,
		lower: k === 1 ? null : Math.max(n, Math.floor(n * k - error)),
		upper: k === 1 ? null : Math.ceil(n * k + error),
	};
}

/** The shares of these requests, without Cloudflare in between: for many runs. */
export function countedShares(
	requests: readonly FakeRequest[],
	window: { readonly fromMs: number; readonly toMs: number },
	k: number,
	random: () => number,
): Shares {
	const failed = requests.filter(({ edge }) => edge === 520);
	const of = <K>(read: (one: FakeRequest) => K, limit: number): Split<K> => {
		const [fails, all] = [groups(failed, read, k, random), groups(requests, read, k, random)];
		return {
			fails: fails.slice(0, limit),
			all: all.slice(0, limit),
			failsCut: fails.length >= limit,
			allCut: all.length >= limit,
		};
	};
	const count = (rows: readonly FakeRequest[]) => groups(rows, () => 0, k, random)[0]?.count ?? counted(0, k);
	return {
		host: "www.example.com",
		code: 520,
		...window,
		total: count(requests),
		fails: count(failed),
		statuses: groups(
			requests.filter(({ edge }) => edge >= 500),
			({ edge, origin, cache }) => ({ edge, origin, cache }),
			k,
			random,
		),
		statusesCut: false,
		paths: of(({ path, method }) => ({ path, method }), 30),
		methods: of(({ method }) => method, 10),
		colos: of(({ colo }) => colo, 400),
		countries: of(({ country }) => country, 250),
		networks: of(({ asn }) => String(asn), 30),
		agents: of(({ agent }) => agent, 5),
		minutes: of(({ atMs }) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS, 1_500),
		protocols: null,
	};
}
