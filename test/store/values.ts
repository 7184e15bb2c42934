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
	...more,
});
