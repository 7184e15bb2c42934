import type { CauseId } from "./causes/list.ts";
import type { EvidenceKey } from "./evidence.ts";

/** What was counted of one cause. */
export interface Counted {
	/** Solved public 520s with it. */
	readonly cases: number;
	/** Answers known of its cases, by key. */
	readonly answers: Readonly<Partial<Record<EvidenceKey, Readonly<Record<string, number>>>>>;
}
export type Counts = Readonly<Partial<Record<CauseId, Counted>>>;

// Written by `npm run count:cases` from test/fixtures/cases-evidence.jsonl; how it is counted: test/bench/cases.ts.
// biome-ignore format: one line a key
export const COUNTED: Counts = {
	"response-too-large": {
		cases: 0.75,
		answers: {
			"edge-pattern": { "some-urls": 0.75 },
			variants: { "response-size": 0.75 },
		},
	},
	"headers-malformed": {
		cases: 1.875,
		answers: {
			"edge-pattern": { all: 0.75, "some-urls": 1.125 },
			"who-is-hit": { everyone: 0.75 },
			"cloudflare-features": { "worker-on-route": 0.125 },
		},
	},
	"tls-broken": {
		cases: 1,
		answers: {
			"edge-pattern": { all: 1 },
			"who-is-hit": { everyone: 1 },
			"what-changed": { "tls-dns-or-cloudflare": 1 },
		},
	},
	"headers-too-large": {
		cases: 3.25,
		answers: {
			"edge-pattern": { "not-reproduced": 2.75, "some-urls": 1 },
			variants: { cookies: 1.5 },
			"origin-log": { "complete-200": 1 },
			"who-is-hit": { "signed-in": 2.75 },
			"what-changed": { deploy: 1, "firewall-or-host": 1 },
			"colo-spread": { many: 1 },
		},
	},
	"origin-crashed": {
		cases: 8.75,
		answers: {
			"edge-pattern": { all: 6.625, bursts: 0.25, "some-urls": 2.875 },
			"direct-origin": { ok: 0.75, refused: 0.75 },
			"time-to-failure": { "round-number": 0.25, seconds: 0.75 },
			"origin-log": { crash: 1.25 },
			"who-is-hit": { everyone: 6.875, "signed-in": 0.25 },
			"what-changed": { deploy: 1.75 },
			"host-health": { "restarted-or-oom": 3.125, saturated: 0.375 },
			"other-codes": { "refused-or-tls": 1 },
			"waits-for": { "third-party": 0.875 },
		},
	},
	"deliberate-close": {
		cases: 5.375,
		answers: {
			"edge-pattern": { all: 1.75, "not-reproduced": 1.75, "some-urls": 1.875 },
			variants: { "request-field": 0.25, scheme: 0.75, "user-agent": 1.5 },
			"time-to-failure": { instant: 2.5 },
			"origin-log": { "no-access": 1.125, "refused-or-444": 1 },
			"who-is-hit": { everyone: 1.75, "one-client": 1.875 },
			"what-changed": { "firewall-or-host": 0.75, "tls-dns-or-cloudflare": 1.75 },
			"colo-spread": { many: 1.5 },
		},
	},
	"visitor-banned": {
		cases: 4.25,
		answers: {
			"edge-pattern": { all: 0.25, "not-reproduced": 3.25, random: 0.25, "some-urls": 0.375, "some-visitors": 0.375 },
			variants: { scheme: 0.25, "user-agent": 0.25 },
			"time-to-failure": { instant: 0.5 },
			"origin-log": { "no-access": 3.875 },
			"who-is-hit": { everyone: 0.25, "one-client": 0.375, "one-network-or-country": 1.625, "own-rate": 1.5, "under-load": 0.25 },
			"what-changed": { "firewall-or-host": 0.25, "tls-dns-or-cloudflare": 0.25 },
			"cloudflare-features": { "worker-as-caller": 0.625 },
			"colo-spread": { many: 0.5, one: 0.25 },
			"edge-trace": { ok: 0.25 },
			"other-codes": { timeouts: 0.25 },
		},
	},
	"cloudflare-blocked": {
		cases: 3.25,
		answers: {
			"edge-pattern": { random: 1.75, "some-visitors": 1.5 },
			"origin-log": { "no-access": 2.25, "refused-or-444": 1 },
			"who-is-hit": { "one-network-or-country": 1.5 },
			"what-changed": { deploy: 1 },
			"cloudflare-features": { "worker-as-caller": 2.25 },
			"colo-spread": { many: 1 },
		},
	},
	"origin-overloaded": {
		cases: 7.3333,
		answers: {
			"edge-pattern": { all: 0.9167, bursts: 2.5, "not-reproduced": 4, "some-urls": 1.25 },
			variants: { "request-size": 0.25, "response-size": 0.125 },
			"time-to-failure": { seconds: 2.5 },
			"origin-log": { "no-access": 1.25 },
			"who-is-hit": { everyone: 0.4167, "own-rate": 0.5, "under-load": 6.5 },
			"what-changed": { deploy: 0.5 },
			"host-health": { "restarted-or-oom": 0.125, saturated: 4.4583 },
			"other-codes": { timeouts: 1 },
			"waits-for": { "own-backend": 0.1667, "third-party": 1.375 },
		},
	},
	"middle-timeout": {
		cases: 6.5833,
		answers: {
			"edge-pattern": { "not-reproduced": 0.25, "some-urls": 6.3333 },
			variants: { "amount-of-work": 1, "request-size": 0.75, "response-size": 0.125 },
			"time-to-failure": { "round-number": 1.75, seconds: 2.75 },
			"who-is-hit": { "under-load": 0.25 },
			"host-health": { "restarted-or-oom": 0.25 },
			"cloudflare-features": { "worker-on-route": 1.125 },
			"other-codes": { timeouts: 0.75 },
			"waits-for": { "third-party": 2.5 },
		},
	},
	"request-too-large": {
		cases: 2.0833,
		answers: {
			"edge-pattern": { "not-reproduced": 0.75, "some-urls": 1.3333 },
			variants: { "request-bytes": 0.3333, "request-size": 1 },
			"who-is-hit": { "signed-in": 0.75 },
		},
	},
	"protocol-mismatch": {
		cases: 1.125,
		answers: {
			"edge-pattern": { all: 0.125, "some-urls": 1 },
			variants: { scheme: 1 },
			"who-is-hit": { everyone: 0.125 },
		},
	},
	"http2-to-origin": {
		cases: 2,
		answers: {
			"edge-pattern": { all: 0.25, random: 2 },
			"direct-origin": { ok: 0.75 },
			"origin-log": { nothing: 1 },
			"who-is-hit": { everyone: 0.25 },
			"cloudflare-features": { "http2-to-origin": 1.125, tunnel: 0.125 },
			"colo-spread": { many: 2 },
		},
	},
	"idle-race": {
		cases: 1.375,
		answers: {
			"edge-pattern": { "after-idle": 1, random: 0.25, "some-urls": 0.125 },
			"origin-log": { nothing: 1.25 },
			"host-health": { normal: 0.25 },
			"cloudflare-features": { tunnel: 0.25 },
			"colo-spread": { many: 1 },
			"edge-saw": { "no-status": 1 },
		},
	},
	"cold-start": {
		cases: 2.75,
		answers: {
			"edge-pattern": { "after-idle": 1, bursts: 1.75 },
			"who-is-hit": { everyone: 1.75 },
			"what-changed": { deploy: 1.75 },
		},
	},
	"wrong-target": {
		cases: 2,
		answers: {
			"edge-pattern": { all: 1.75, "some-urls": 1, "some-visitors": 0.5 },
			"direct-origin": { refused: 0.25 },
			"who-is-hit": { everyone: 1.75 },
			"what-changed": { "tls-dns-or-cloudflare": 0.5 },
			"cloudflare-features": { tunnel: 0.25 },
		},
	},
	"path-drops": {
		cases: 0.75,
		answers: {
			"edge-pattern": { random: 0.75, "some-urls": 0.25 },
			variants: { "ip-version": 0.25 },
			"origin-log": { nothing: 0.75 },
			"host-health": { normal: 0.75 },
			"cloudflare-features": { tunnel: 0.75 },
			"colo-spread": { many: 0.25 },
		},
	},
	"origin-pulls": {
		cases: 0.75,
		answers: {
			"edge-pattern": { all: 0.75 },
			"direct-origin": { "client-certificate-wanted": 0.75 },
			"who-is-hit": { everyone: 0.75 },
			"cloudflare-features": { "worker-on-route": 0.75 },
		},
	},
	"upgrade-or-1xx": {
		cases: 2.25,
		answers: {
			"edge-pattern": { "not-reproduced": 0.25, random: 0.25, "some-urls": 1.75 },
			"direct-origin": { ok: 0.25 },
			variants: { encoding: 1, "method-agent-or-encoding": 0.25 },
			"who-is-hit": { "one-client": 1.25 },
			"what-changed": { deploy: 1 },
			"colo-spread": { many: 1.25 },
		},
	},
	"framing-conflict": {
		cases: 0.875,
		answers: {
			"edge-pattern": { "some-urls": 1.375 },
			variants: { encoding: 0.5 },
			"cloudflare-features": { tunnel: 0.5, "worker-on-route": 0.875 },
		},
	},
	"relabelled-5xx": {
		cases: 2.3333,
		answers: {
			"edge-pattern": { "some-urls": 2.3333 },
			"direct-origin": { ok: 0.25 },
			"origin-log": { crash: 1.25, "no-access": 0.25 },
			"who-is-hit": { "signed-in": 0.75 },
			"waits-for": { "third-party": 0.25 },
		},
	},
	"edge-feature": {
		cases: 1.125,
		answers: {
			"edge-pattern": { all: 0.25, "some-urls": 1.875 },
			"direct-origin": { "client-certificate-wanted": 0.25 },
			"who-is-hit": { everyone: 0.25 },
			"cloudflare-features": { "worker-on-route": 2.125 },
		},
	},
	"odd-client-request": {
		cases: 4.5,
		answers: {
			"edge-pattern": { "not-reproduced": 2.75, "some-urls": 1.625, "some-visitors": 0.125 },
			variants: { "method-agent-or-encoding": 1.75, "request-field": 0.75, "user-agent": 0.25 },
			"origin-log": { "no-access": 3.5 },
			"who-is-hit": { "one-client": 3.5, "one-network-or-country": 0.125 },
			"cloudflare-features": { "worker-as-caller": 0.125 },
		},
	},
};
