import { z } from "zod";

/**
 * Interactions as Discord sends them (https://discord.com/developers/docs/interactions/receiving-and-responding, "Interaction Object"): as
 * much as the SDK and the bot read without asking whether it is there.
 */

/** Discord's ids: 64 bits, in decimal. */
const Id = z.string().regex(/^\d{1,20}$/);
/** A set of rights, in decimal. */
const Rights = z.string().regex(/^\d{1,40}$/);
const TEXT_OPTION = 3;
const FILE_OPTION = 11;
/** The options of our command by name, as they are registered. */
const OUR_OPTIONS: Readonly<Record<string, number>> = { ask: TEXT_OPTION, file: FILE_OPTION };

const User = z.looseObject({ id: Id, username: z.string() });
const Member = z.looseObject({ user: User, permissions: Rights.optional(), roles: z.array(z.string()).optional() });
const Channel = z.looseObject({ id: Id, type: z.number(), recipients: z.array(User).optional() });
const Attachment = z.looseObject({ id: Id, url: z.string(), size: z.number() });
const Component = z.looseObject({ type: z.number() });
const Embed = z.looseObject({
	title: z.string().nullish(),
	description: z.string().nullish(),
	url: z.string().nullish(),
	fields: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
});
const Message = z.looseObject({
	id: Id,
	channel_id: Id.optional(),
	content: z.string().optional(),
	author: User.optional(),
	flags: z.number().optional(),
	attachments: z.array(Attachment).optional(),
	embeds: z.array(Embed).optional(),
	components: z.array(Component).optional(),
});
const Option = z
	.looseObject({ name: z.string(), type: z.number(), value: z.union([z.string(), z.number(), z.boolean()]).optional() })
	.refine(({ name, type }) => (OUR_OPTIONS[name] ?? type) === type)
	.refine(({ type, value }) => (type !== TEXT_OPTION && type !== FILE_OPTION) || typeof value === "string");
const Resolved = z.looseObject({
	users: z.record(Id, User).optional(),
	members: z.record(Id, z.looseObject({})).optional(),
	channels: z.record(Id, Channel).optional(),
	roles: z.record(Id, z.looseObject({ id: Id })).optional(),
	messages: z.record(Id, Message).optional(),
	attachments: z.record(Id, Attachment).optional(),
});

const PING = 1;
const COMMAND = 2;
const PRESS = 3;
const AUTOCOMPLETE = 4;
const FORM = 5;
/** Of what is pressed, the one that has options to choose. */
const SELECT = 3;
/** Of the commands, the one that is typed; the others are about a person or a message. */
const TYPED = 1;

const Command = z.looseObject({
	id: Id,
	name: z.string(),
	type: z.number(),
	options: z.array(Option).optional(),
	resolved: Resolved.optional(),
	target_id: Id.optional(),
});
/** What a command names by its id comes with it: the files of a typed one, and the message or person that another one is about. */
function isResolved({ type, options = [], resolved, target_id: target }: z.infer<typeof Command>): boolean {
	if (type === TYPED)
		return options.every((one) => one.type !== FILE_OPTION || resolved?.attachments?.[String(one.value)] !== undefined);
	return target !== undefined && (resolved?.messages?.[target] ?? resolved?.users?.[target]) !== undefined;
}
/** Discord: components of a form; characters of an input, of which some are two in UTF-16; options of a select, and characters of each. */
const ROWS_MAX = 5;
const INPUT_MAX_CHARS = 8_000;
const CHOSEN_MAX = 25;
const CHOICE_MAX_CHARS = 100;
const Chosen = z.array(z.string().max(CHOICE_MAX_CHARS)).max(CHOSEN_MAX);
const Field = z.looseObject({
	type: z.number(),
	custom_id: z.string().optional(),
	value: z.string().max(INPUT_MAX_CHARS).optional(),
	values: Chosen.optional(),
});
/** A row of a form with its inputs, or a label with its one. */
const FormRow = z.looseObject({
	type: z.number(),
	components: z.array(Field).max(ROWS_MAX).optional(),
	component: Field.optional(),
});

const asked = {
	id: Id,
	application_id: Id,
	token: z.string(),
	guild_id: Id.optional(),
	channel_id: Id.optional(),
	channel: Channel.optional(),
	member: Member.optional(),
	user: User.optional(),
	app_permissions: Rights.optional(),
	/** 0: in a server, 1: with us, 2: among people. */
	context: z.number().nullish(),
	/** Whose installations it rests on: 0 a server's (in a direct conversation "0"), 1 a person's. */
	authorizing_integration_owners: z.record(z.string().regex(/^\d{1,3}$/), Id).optional(),
	entitlements: z.array(z.looseObject({ id: Id })),
};

const Ping = z.looseObject({ type: z.literal(PING) });
const Asked = z
	.discriminatedUnion("type", [
		z.looseObject({
			...asked,
			type: z.literal(COMMAND),
			data: Command.refine(isResolved),
		}),
		z.looseObject({
			...asked,
			type: z.literal(PRESS),
			data: z
				.looseObject({ custom_id: z.string(), component_type: z.number(), values: Chosen.optional() })
				.refine(({ component_type: type, values }) => type !== SELECT || values !== undefined),
			message: Message,
		}),
		z.looseObject({ ...asked, type: z.literal(AUTOCOMPLETE), data: Command.extend({ options: z.array(Option) }) }),
		z.looseObject({
			...asked,
			type: z.literal(FORM),
			data: z.looseObject({ custom_id: z.string(), components: z.array(FormRow).max(ROWS_MAX), resolved: Resolved.optional() }),
			message: Message.optional(),
		}),
	])
	.refine(({ member, user }) => member !== undefined || user !== undefined);

/** An interaction by a person. */
export type Payload = z.infer<typeof Asked>;

/**
 * Reads the content of a request of Discord's.
 * @returns `ping`: Discord only asks whether we are there; null: no interaction that Discord sends
 */
export function readPayload(content: unknown): Payload | "ping" | null {
	if (Ping.safeParse(content).success) return "ping";
	const read = Asked.safeParse(content);
	return read.success ? read.data : null;
}

const WEBHOOK_PING = 0;
const WEBHOOK_EVENT = 1;
const Deauthorized = z.looseObject({
	type: z.literal("APPLICATION_DEAUTHORIZED"),
	data: z.looseObject({ user: z.looseObject({ id: Id }) }),
});
const WebhookEvent = z.looseObject({
	type: z.union([z.literal(WEBHOOK_PING), z.literal(WEBHOOK_EVENT)]),
	event: z.looseObject({ type: z.string() }).optional(),
});

/**
 * Reads what a webhook event tells (https://discord.com/developers/docs/events/webhook-events, "Payload Structure").
 * @returns `userId`: this person removed the application; `other`: nothing for us; null: no event that Discord sends
 */
export function readWebhookEvent(content: unknown): { readonly userId: string } | "other" | null {
	const read = WebhookEvent.safeParse(content);
	if (!read.success) return null;
	const { type, event } = read.data;
	if (type === WEBHOOK_EVENT && event === undefined) return null;
	if (type === WEBHOOK_PING || event?.type !== "APPLICATION_DEAUTHORIZED") return "other";
	const gone = Deauthorized.safeParse(event);
	return gone.success ? { userId: gone.data.data.user.id } : null;
}
