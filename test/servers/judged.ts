import { judgeOrigin } from "../../src/judge/origin.ts";
import type { CauseId } from "../../src/knowledge/causes/list.ts";
import type { ValueOf } from "../../src/knowledge/evidence.ts";
import type { FindingId } from "../../src/knowledge/findings/list.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { checkOrigin } from "../../src/looks/guard.ts";
import { lookAtOrigin } from "../../src/looks/origin.ts";
import { nonEmpty } from "../../src/read/non-empty.ts";
import { readTarget } from "../../src/read/text/target.ts";

/** What all looks at one server come to. */
export interface Judged {
	readonly direct: ValueOf<"direct-origin">;
	readonly code: number | null;
	readonly cause: CauseId | null;
	/** Every finding, of bytes and of looks, each once. */
	readonly findings: ReadonlySet<FindingId>;
	/** Those of level fault or warn, with the looks that they are of. */
	readonly alarms: ReadonlyMap<FindingId, readonly string[]>;
	/** Each look in short, for people. */
	readonly looks: string;
}

const RULES = { allow: ranges(["127.0.0.0/8"]), resolve: new Map(), resolver: async () => [] };

/** Looks at a server of the run as at an origin, with all its looks, and judges them. `asker`: looks of one asker wait for each other. */
export async function judged(
	scheme: "http" | "https",
	port: number,
	path: string,
	{ authority, limitMs, asker }: { readonly authority: string; readonly limitMs: number; readonly asker: string },
): Promise<Judged> {
	const site = readTarget(`${scheme}://shop.example${path}`);
	if (!("url" in site)) throw new Error(`no target: ${path}`);
	const target = checkOrigin(site, "127.0.0.1", port, RULES);
	if ("why" in target) throw new Error(`refused: ${target.why}`);
	const looks = await lookAtOrigin(
		[target],
		{
			ca: authority,
			insecure: true,
			httpVersion: 1,
			userAgent: "cf520-test",
			limitMs,
			turn: { asker: { workspace: asker, person: asker }, of: "question" },
		},
		Date.now,
	);
	const verdict = judgeOrigin(nonEmpty(looks), null, Date.now());
	const findings = new Set<FindingId>();
	const alarms = new Map<FindingId, string[]>();
	const add = (id: FindingId, level: string, of: string) => {
		findings.add(id);
		if (level === "fault" || level === "warn") alarms.set(id, [...(alarms.get(id) ?? []), of]);
	};
	for (const one of verdict.findings) add(one.id, one.level, one.look);
	for (const { of, found } of verdict.seen) for (const one of found?.findings ?? []) add(one.id, one.level, of);
	const brief = verdict.seen.map(({ of, look, found }) =>
		look.kind === "unreached"
			? `${of}: ${look.stage} ${look.code}`
			: `${of}: ${found?.reading.status ?? "-"} ${found?.proxy} ${look.ending} ${look.received} B ${Math.round(look.timings.endedMs)} ms`,
	);
	return { direct: verdict.directOrigin, code: verdict.code, cause: verdict.cause, findings, alarms, looks: brief.join("; ") };
}
