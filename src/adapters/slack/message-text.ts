import { z } from "zod";

/** More than Slack takes in one message: 50 blocks, 100 attachments (Block Kit reference; "Reference: secondary attachments"). */
const NODES_MAX = 4_000;
const ATTACHMENTS_MAX = 100;
const ATTACHMENT_MAX_CHARS = 20_000;
const DEPTH_MAX = 12;
const CHARS_MAX = 200_000;

const Thing = z.record(z.string(), z.unknown());
type Thing = z.infer<typeof Thing>;

/**
 * Everything that a message says, in Slack's own markup: its text, and what alerts of other tools put into blocks and attachments (four
 * shapes: text; attachments with title, pretext and fields; blocks; blocks inside an attachment). A part that repeats what is there
 * already is left out. Total and bounded: whatever cannot be read is not there.
 * @param message as a shortcut or an event carries it
 */
export function messageText(message: unknown): string {
	const read = Thing.safeParse(message);
	if (!read.success) return "";
	const text = textOf(read.data.text);
	const walk = new Walk();
	const blocks = walk.blocks(read.data.blocks).join("\n").slice(0, CHARS_MAX);
	return withoutRepeats([text, blocks, ...walk.attachments(read.data.attachments)])
		.join("\n")
		.slice(0, CHARS_MAX);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, CHARS_MAX) : "");
const things = (value: unknown): Thing[] =>
	Array.isArray(value)
		? value.flatMap((one: unknown) => {
				const read = Thing.safeParse(one);
				return read.success ? [read.data] : [];
			})
		: [];
const thing = (value: unknown): Thing => Thing.safeParse(value).data ?? {};

/** Plain text as markup that means the same. */
const marked = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Slack's clients send the same words twice, as text and as blocks; many alerts repeat their text as a fallback. */
function withoutRepeats(parts: readonly string[]): string[] {
	const bare = (text: string) => text.replace(/<([^<>|\s]{1,3000})\|[^<>]{0,3000}>/g, "$1").replace(/[\s`*_~<>]/g, "");
	let said = "";
	return parts.filter((part) => {
		const words = bare(part);
		if (words === "" || said.includes(words)) return false;
		said = `${said}\n${words}`.slice(0, CHARS_MAX);
		return true;
	});
}

/** Walks foreign blocks within a bound of work. */
class Walk {
	#nodes = NODES_MAX;

	blocks(value: unknown, depth = 0): string[] {
		return this.#each(value, depth)
			.map((block) => this.#block(block, depth + 1))
			.filter((part) => part !== "");
	}

	attachments(value: unknown): string[] {
		return this.#each(value, 0)
			.slice(0, ATTACHMENTS_MAX)
			.map((one) => {
				const title = textOf(one.title);
				const link = textOf(one.title_link) || textOf(one.from_url);
				const blocks = this.blocks(one.blocks, 1);
				const said = [
					textOf(one.pretext),
					link === "" ? title : `${title} <${link}>`,
					textOf(one.text),
					...this.#each(one.fields, 1).map((field) => `${textOf(field.title)}: ${textOf(field.value)}`),
					...blocks,
					textOf(one.footer),
				].filter((part) => part.trim() !== "");
				return (said.length === 0 ? [textOf(one.fallback)] : said).join("\n").slice(0, ATTACHMENT_MAX_CHARS);
			});
	}

	#each(value: unknown, depth: number): Thing[] {
		if (depth > DEPTH_MAX) return [];
		const all = things(Array.isArray(value) ? value.slice(0, this.#nodes) : value);
		this.#nodes -= all.length;
		return all;
	}

	#block(one: Thing, depth: number): string {
		switch (one.type) {
			case "rich_text":
				return this.#each(one.elements, depth)
					.map((element) => this.#rich(element, depth + 1))
					.join("\n");
			case "table":
				return (Array.isArray(one.rows) ? one.rows.slice(0, NODES_MAX) : [])
					.map((row: unknown) =>
						this.#each(row, depth)
							.map((cell) => (cell.type === "rich_text" ? this.#block(cell, depth + 1) : marked(textOf(cell.text))))
							.join(" "),
					)
					.join("\n");
			default:
				// Sections, headers, contexts, markdown blocks and images hold texts; what is pressed or chosen is not said.
				return [
					composed(one.text),
					composed(one.title),
					...this.#each(one.fields, depth).map(composed),
					...(one.type === "context" ? this.#each(one.elements, depth).map(composed) : []),
				]
					.filter((part) => part !== "")
					.join("\n");
		}
	}

	#rich(one: Thing, depth: number): string {
		const inside = () => this.#each(one.elements, depth);
		switch (one.type) {
			case "rich_text_list":
				return inside()
					.map((item) => this.#rich(item, depth + 1))
					.join("\n");
			case "rich_text_preformatted":
				return `\`\`\`\n${inside().map(inline).join("")}\n\`\`\``;
			default:
				return inside().map(inline).join("");
		}
	}
}

/** A text object, or the bare text of a markdown block. */
function composed(value: unknown): string {
	if (typeof value === "string") return marked(textOf(value));
	const { type, text } = thing(value);
	return type === "plain_text" ? marked(textOf(text)) : textOf(text);
}

function inline(one: Thing): string {
	switch (one.type) {
		case "text":
			return marked(textOf(one.text));
		case "link": {
			const [url, label] = [marked(textOf(one.url)), marked(textOf(one.text))];
			return label === "" ? `<${url}>` : `<${url}|${label}>`;
		}
		case "user":
			return `<@${textOf(one.user_id)}>`;
		case "channel":
			return `<#${textOf(one.channel_id)}>`;
		case "date":
			return marked(textOf(one.fallback));
		default:
			return "";
	}
}
