import { z } from "zod";

/** More than Discord takes in one message: 10 embeds of 25 fields, 40 components (https://discord.com/developers/docs/components/reference). */
const NODES_MAX = 2_000;
const DEPTH_MAX = 8;
const CHARS_MAX = 50_000;
const FORWARDED_MAX = 10;

const text = z.string().nullish().catch(null);
const Embed = z
	.object({
		title: text,
		description: text,
		url: text,
		fields: z
			.array(z.object({ name: text, value: text }).catch({}))
			.max(100)
			.nullish()
			.catch(null),
		author: z.object({ name: text }).nullish().catch(null),
		footer: z.object({ text }).nullish().catch(null),
	})
	.catch({});
const Component = z.record(z.string(), z.unknown()).catch({});
const Said = z.object({
	content: text,
	embeds: z.array(Embed).max(100).catch([]),
	components: z.array(Component).max(NODES_MAX).catch([]),
});
/** Text display of Components V2 (the same page): markdown, as content is. */
const TEXT_DISPLAY = 10;

/** A message as the SDK has it: parts of it are objects of its own, which say as JSON what Discord sent. */
interface MessageParts {
	readonly content: string | null;
	readonly embeds: readonly { toJSON(): unknown }[] | null;
	readonly components: readonly { toJSON(): unknown }[] | null;
}

/**
 * Everything that a message says, in Discord's own markup: its content, and what alerts of other tools put into embeds and components,
 * also of a message that was forwarded in it. Total and bounded.
 */
export function messageText(
	message: MessageParts & { readonly messageSnapshots?: { values(): Iterable<MessageParts> } },
): string {
	const all = [message, ...[...(message.messageSnapshots?.values() ?? [])].slice(0, FORWARDED_MAX)];
	return all.flatMap(partsOf).join("\n").slice(0, CHARS_MAX);
}

function partsOf(message: MessageParts): string[] {
	const plain = {
		content: message.content,
		embeds: (message.embeds ?? []).map((one) => one.toJSON()),
		components: (message.components ?? []).map((one) => one.toJSON()),
	};
	const read = Said.safeParse(plain);
	if (!read.success) return [];
	const { content, embeds, components } = read.data;
	const left = { nodes: NODES_MAX };
	return [content, ...embeds.flatMap(embedTexts), ...components.flatMap((one) => componentTexts(one, left, 0))].filter(
		(part): part is string => part != null && part.trim() !== "",
	);
}

const embedTexts = (embed: z.infer<typeof Embed>): (string | null | undefined)[] => [
	embed.author?.name,
	embed.title,
	embed.description,
	...(embed.fields ?? []).map(({ name, value }) => `${name ?? ""}: ${value ?? ""}`),
	embed.url,
	embed.footer?.text,
];

/** Texts of a component and of what is in it; what is pressed or chosen is not said. */
function componentTexts(one: z.infer<typeof Component>, left: { nodes: number }, depth: number): string[] {
	left.nodes -= 1;
	if (left.nodes < 0 || depth > DEPTH_MAX) return [];
	const own = one.type === TEXT_DISPLAY && typeof one.content === "string" ? [one.content] : [];
	const inside = z
		.array(Component)
		.max(NODES_MAX)
		.catch([])
		.parse(one.components ?? []);
	return [...own, ...inside.flatMap((part) => componentTexts(part, left, depth + 1))];
}
