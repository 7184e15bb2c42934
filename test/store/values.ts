import type { Access, Install } from "../../src/desk/stores.ts";
import type { Case } from "../../src/judge/case.ts";
import type { Watch } from "../../src/judge/watch.ts";

export const NOW = Date.UTC(2026, 10, 22, 12);
export const THREAD = "slack C1 1.2";

export const aCase = (id: string, more: Partial<Case> = {}): Case => ({
	id,
	code: "520",
	url: "https://shop.example/a",
	workspace: "slack T1",
	facts: [{ key: "origin-log", value: "nothing", by: "person", who: "Ann", atMs: NOW }],
	found: null,
	unknown: ["variants"],
	rays: ["8a7d5e2fbcd1a1c3"],
	codes: [],
	openedAtMs: NOW,
	lastAtMs: NOW,
	messageRef: '["C1","1.2"]',
	threadKey: THREAD,
	room: "C1",
	isOpen: true,
	head: { mood: "bad", blocks: [{ kind: "say", text: [{ t: "plain", s: "hello «1b» <!channel>" }] }] },
	solved: null,
	asker: { key: "slack U1", name: "Ann" },
	followers: ["slack U2"],
	open: { key: "direct-origin", messageRef: '["C1","1.3"]', rest: null, below: 2 },
	answered: [{ key: "origin-log", messageRef: '["C1","1.4"]', rest: null }],
	disputed: null,
	denied: ["idle-race"],
	access: null,
	evidence: null,
	evidenceRef: null,
	speaksHttp2: true,
	counted: { failed: 5, of: 5, atMs: NOW },
	failedAtMs: NOW,
	beganAtMs: NOW - 60_000,
	colos: { "8a7d5e2fbcd1a1c3": "DFW" },
	bytes: { total: 1_204, headersEnd: 211, content: 993, promised: 5_000, faultAt: 1_204 },
	beside: [
		{
			service: "status",
			says: [{ t: "plain", s: "Cloudflare incident since 09:20 UTC: hello «1b» <!channel>." }],
			again: "https://shop.example/ Ray ID: a5ffb220b4c1d777",
		},
	],
	places: { atMs: NOW, of: 8, failing: 0, fine: 7, silent: 1, code: null, hereOnly: true },
	newest: { by: "question 1", before: { access: null, rays: [] } },
	...more,
});

export const aWatch = (id: string, more: Partial<Watch> = {}): Watch => ({
	id,
	url: `https://shop.example/${id}`,
	workspace: "slack T1",
	who: "Ann",
	asker: "slack U1",
	platform: "slack",
	resumeRef: "{}",
	messageRef: null,
	threadKey: null,
	isPrivate: false,
	room: "C1",
	isOpen: true,
	caseId: null,
	everyMs: 60_000,
	openedAtMs: NOW,
	untilMs: NOW + 1_800_000,
	nextAtMs: NOW,
	state: "failing",
	sinceMs: NOW,
	looks: 1,
	failures: 1,
	recent: [{ atMs: NOW, outcome: "failing", what: "520", colo: "DFW" }],
	kept: [
		{
			atMs: NOW,
			what: "cut",
			ray: null,
			colo: "DFW",
			ms: 12,
			findings: ["short-content"],
			around: { at: 0, bytes: "AAA=" },
		},
	],
	codes: ["520"],
	colos: ["DFW"],
	announced: 0,
	toAnnounce: [],
	ended: null,
	evidence: null,
	...more,
});

/** An access of workspace T1. */
export const anAccess = (more: Partial<Access> = {}): Access => ({
	platform: "slack",
	workspace: "slack T1",
	zoneId: "023e105f4ecef8ad9ca31a8372d0c353",
	zoneName: "shop.example",
	token: "cfut_tokentokentokentokentokentokentoken0badc0de",
	tokenId: "ed17574386854bf78a67040be0a770b0",
	plan: "free",
	by: "Ann",
	atMs: NOW,
	state: { kind: "working" },
	...more,
});

export const anInstall = (id: string, more: Partial<Install> = {}): Install => ({
	platform: "slack",
	id,
	atMs: NOW,
	body: "«1b»",
	...more,
});
