import { z } from "zod";
import type { AccessState, Install } from "../desk/stores.ts";
import { BESIDE_SERVICES, type Case } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import { DEFAULT_POLICY, POLICY_MAX, type Policy } from "../read/policy.ts";
import { caseWithTodaysNames, watchWithTodaysNames } from "./former-names.ts";

/** A stored message, to be rendered like any other. */
const MessageBody = z.object({
	mood: z.enum(["bad", "likely", "good", "solved", "unclear", "neutral"]).catch("unclear"),
	blocks: z.array(z.looseObject({ kind: z.string() })),
});

const ShownBody = z.object({ key: z.string(), messageRef: z.string().nullable(), rest: MessageBody.nullable() });

/** What has to hold of a case that comes back, beside its newest change. */
const CaseFields = z.object({
	id: z.string(),
	code: z.string(),
	url: z.url(),
	workspace: z.string().nullable().default(null),
	facts: z.array(
		z.object({
			key: z.string(),
			value: z.union([z.string(), z.array(z.string())]),
			by: z.string(),
			who: z.string().nullable(),
			atMs: z.number(),
			own: z.boolean().optional(),
			n: z.number().optional(),
			// Of another version, a setting may be unknown: then it only was one.
			changes: z
				.array(z.object({ setting: z.enum(["ssl", "http", "pulls"]), beforeMs: z.number() }))
				.optional()
				.catch(undefined),
			confirmed: z.boolean().optional(),
		}),
	),
	found: z
		.object({ cause: z.string(), confidence: z.enum(["likely", "possible"]) })
		.nullable()
		.default(null),
	unknown: z.array(z.string()),
	rays: z.array(z.string()),
	codes: z.array(z.object({ code: z.string(), atMs: z.number() })).default([]),
	openedAtMs: z.number(),
	lastAtMs: z.number(),
	messageRef: z.string().nullable(),
	threadKey: z.string().nullable(),
	room: z.string().nullable().default(null),
	isOpen: z.boolean().default(false),
	head: MessageBody,
	solved: z.object({ cause: z.string(), who: z.string(), atMs: z.number() }).nullable(),
	asker: z.object({ key: z.string().nullable(), name: z.string() }).nullable().default(null),
	followers: z.array(z.string()).default([]),
	open: ShownBody.extend({ below: z.number() }).nullable().default(null),
	answered: z.array(ShownBody).default([]),
	disputed: ShownBody.nullable().default(null),
	denied: z.array(z.string()).default([]),
	access: z.enum(["own", "none"]).nullable().default(null),
	evidence: MessageBody.nullable().default(null),
	evidenceRef: z.string().nullable().default(null),
	counted: z.object({ failed: z.number(), of: z.number(), atMs: z.number() }).nullable().default(null),
	failedAtMs: z.number().nullable().default(null),
	beganAtMs: z.number().nullable().default(null),
	colos: z.record(z.string(), z.string()).default({}),
	bytes: z
		.object({
			total: z.number(),
			headersEnd: z.number().nullable(),
			content: z.number(),
			promised: z.number().nullable(),
			faultAt: z.number().nullable(),
		})
		.nullable()
		.default(null),
	speaksHttp2: z.boolean().default(false),
	// Of another version, a service may be unknown: the next check asks again.
	beside: z
		.array(
			z.object({
				service: z.enum(BESIDE_SERVICES),
				says: z.array(z.looseObject({ t: z.string() })),
				again: z.string().optional(),
			}),
		)
		.catch([])
		.default([]),
	places: z
		.object({
			atMs: z.number(),
			of: z.number(),
			failing: z.number(),
			fine: z.number(),
			silent: z.number(),
			code: z.number().nullable(),
			hereOnly: z.boolean(),
			outdated: z.literal(true).optional(),
		})
		.nullable()
		.catch(null)
		.default(null),
});
const CaseBody = CaseFields.extend({
	// Without the fields that it does not have: their defaults would be a change.
	newest: z
		.object({ by: z.string(), before: z.record(z.string(), z.unknown()) })
		.refine(({ before }) => hasFieldsOf(before))
		.nullable()
		.catch(null)
		.default(null),
});
/** Each field that it has is one of a case. */
const hasFieldsOf = (before: Readonly<Record<string, unknown>>): boolean => {
	const fields: Readonly<Record<string, z.ZodType>> = CaseFields.shape;
	return Object.entries(before).every(([name, value]) => fields[name]?.safeParse(value).success === true);
};

const WatchBody = z.object({
	id: z.string(),
	url: z.url(),
	workspace: z.string().nullable(),
	who: z.string(),
	asker: z.string().nullable(),
	platform: z.string(),
	resumeRef: z.string(),
	messageRef: z.string().nullable(),
	threadKey: z.string().nullable(),
	isPrivate: z.boolean(),
	room: z.string().nullable().default(null),
	isOpen: z.boolean().default(false),
	caseId: z.string().nullable(),
	everyMs: z.number(),
	openedAtMs: z.number(),
	untilMs: z.number(),
	nextAtMs: z.number(),
	state: z.string(),
	sinceMs: z.number(),
	looks: z.number(),
	failures: z.number(),
	recent: z.array(z.object({ atMs: z.number(), outcome: z.string(), what: z.string().nullable(), colo: z.string().nullable() })),
	kept: z.array(z.looseObject({ atMs: z.number(), what: z.string() })),
	codes: z.array(z.string()),
	colos: z.array(z.string()),
	announced: z.number(),
	toAnnounce: z.array(z.looseObject({ kind: z.string() })),
	ended: z.object({ why: z.string(), who: z.string().nullable(), atMs: z.number() }).nullable(),
	evidence: z.object({ messageRef: z.string().nullable(), failures: z.number() }).nullable().default(null),
});

const amount = (max: number, usual: number) => z.number().int().min(1).max(max).catch(usual);
const PolicyBody = z.object({
	channels: z.array(z.string()).max(POLICY_MAX.channels).nullable(),
	origins: z.array(z.string()).max(POLICY_MAX.origins).nullable(),
	openOrigins: z.array(z.string()).max(POLICY_MAX.origins).default([]),
	listens: z
		.array(z.object({ channel: z.string(), to: z.enum(["threads", "everywhere"]) }))
		.max(POLICY_MAX.listens)
		.catch([]),
	perPerson: amount(POLICY_MAX.perPerson, DEFAULT_POLICY.perPerson),
	perChannel: amount(POLICY_MAX.perChannel, DEFAULT_POLICY.perChannel),
	perWorkspace: amount(POLICY_MAX.perWorkspace, DEFAULT_POLICY.perWorkspace),
	privately: z.boolean(),
	keepDays: amount(POLICY_MAX.keepDays, DEFAULT_POLICY.keepDays),
});

/** As it was put; null for none, and for one that cannot be read anymore. */
function parsed<T>(body: unknown, shape: z.ZodType<T>, named: (kept: unknown) => unknown = (kept) => kept): T | null {
	if (typeof body !== "string") return null;
	try {
		return shape.parse(named(JSON.parse(body)));
	} catch {
		return null;
	}
}

/** Parsers of a row's body; each returns null for an invalid one. */
export const readCase = (body: unknown): Case | null => parsed(body, CaseBody, caseWithTodaysNames) as unknown as Case | null;
export const readWatch = (body: unknown): Watch | null =>
	parsed(body, WatchBody, watchWithTodaysNames) as unknown as Watch | null;
export const readPolicy = (body: unknown): Policy | null => parsed(body, PolicyBody);

const StateBody = z.union([
	z.object({ kind: z.literal("working") }),
	z.object({ kind: z.literal("refused"), sinceMs: z.number() }),
	z.object({ kind: z.literal("limited"), untilMs: z.number() }),
]);
/** How an access stands; null for what is no such value. */
export const readAccessState = (body: unknown): AccessState | null => parsed(body, StateBody);

const InstallBody = z.object({ platform: z.string(), id: z.string(), atMs: z.number(), body: z.string() });
/** An installation; null for what is none. */
export const readInstall = (body: unknown): Install | null => parsed(body, InstallBody);

/** The host that a row is found by. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");

/** When a watch is due; null once its end was told. */
export const dueAt = (watch: Watch): number | null =>
	watch.ended === null || watch.toAnnounce.length > 0 ? watch.nextAtMs : null;

/** Who shares the page's open watch: everyone (""), a closed room, or one person. null: it has ended. */
export const watchedFor = (watch: Watch): string | null => {
	if (watch.ended !== null) return null;
	if (watch.isPrivate) return watch.asker ?? "";
	return watch.isOpen ? "" : `room ${watch.room ?? watch.threadKey ?? watch.asker}`;
};

/** Whether the person who asks for `one` may know of `other`: their own, in the same room, or in an open one. */
export const mayKnowOf = (one: Watch, other: Watch): boolean => {
	if (other.asker === one.asker) return true;
	return !other.isPrivate && (other.isOpen || (other.room !== null && other.room === one.room));
};
