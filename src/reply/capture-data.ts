import type { JudgedExchange } from "../judge/capture.ts";
import { findingSentence } from "./findings.ts";

/** A recorded exchange as data (DESIGN: contracts): without the query, and without any address. */
export function exchangeData(one: JudgedExchange) {
	return {
		ray: one.ray,
		method: one.method,
		path: one.path,
		status: one.status,
		proxy: one.proxy,
		ending: one.ending,
		closedFirst: one.closedFirst,
		startedAt: isoTime(one.startedAtMs),
		tookMs: Math.round(one.tookMs * 10) / 10,
		gap: one.gap,
		findings: one.findings.map((finding) => ({
			id: finding.id,
			level: finding.level,
			...(finding.span === undefined ? {} : { span: finding.span }),
			...(finding.what === undefined ? {} : { what: finding.what }),
			say: findingSentence(finding),
		})),
	};
}

/** A recorder may tell any time. */
const isoTime = (ms: number): string => new Date(Math.min(Math.max(0, ms), TIME_MAX_MS)).toISOString();
const TIME_MAX_MS = 8.64e15;
