import type { RichTextBlock, RichTextElement } from "@slack/types";
import { type Block, fieldText, gridLines, type Message, SIGN } from "../../message/message.ts";
import { atLineStart, type Text } from "../../message/text.ts";
import { actionsBlock, type Numbering, numbering, withFewer } from "./controls.ts";
import { CONTROLS_MAX, SLACK_MAX } from "./limits.ts";
import { preformatted, section, spans } from "./spans.ts";
import { summaryOf } from "./summary.ts";
import { chartBlock, contextBlock, fieldBlocks, headerBlock, type SlackBlock, type SlackWidget, tableBlock } from "./widgets.ts";

/** What Slack gets of a message. */
export interface SlackPayload {
	/** Notification and screen-reader text: the head, never a command. */
	readonly text: string;
	readonly blocks: SlackBlock[];
}

/** Where a message goes, as far as that changes it. */
export interface SlackTarget {
	/** Into a thread, where Slack takes no slash commands. */
	readonly inThread?: boolean;
	/** Posted publicly, so that it may mention people: edits and private messages mention no one. */
	readonly calls?: boolean;
	/** What this workspace refused before: shown in its plain form. */
	readonly plain?: ReadonlySet<SlackWidget>;
	/** Controls that it may have; ours where nothing is said. */
	readonly controls?: number;
	/** How its controls are numbered, where several messages make one page. */
	readonly next?: Numbering;
}

/** The only three characters that Slack's mrkdwn can escape; enough, because `text` is only a fallback. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const NOTHING_PLAIN: ReadonlySet<SlackWidget> = new Set();
/** The most people that one message mentions. */
const CALLED_MAX = 20;

/** The Slack IDs of the people to mention. */
function calledBy({ notify }: Message): string[] {
	const ids = (notify?.people ?? []).flatMap((key) => /^slack ([UW][A-Z0-9]{1,20})$/.exec(key)?.[1] ?? []);
	return [...new Set(ids)].slice(0, CALLED_MAX);
}

/**
 * A message as Block Kit. Text of others goes only into plain text, rich text and table cells: no markup is parsed in these, so it cannot
 * ping, link or format anything. Only the people in `notify` are mentioned, and only if the target allows it. Pure.
 */
export function renderSlack(message: Message, target: SlackTarget = {}): SlackPayload {
	const called = target.calls === true ? calledBy(message) : [];
	const blocks = new Rendering(message, target, called).blocks();
	const text = [...called.map((id) => `<@${id}>`), escaped(summaryOf(message))].join(" ");
	return { text, blocks: blocks.slice(0, SLACK_MAX.blocks) };
}

/** One message on its way to blocks: neighbors of rich text become one block. */
class Rendering {
	readonly #message: Message;
	readonly #inThread: boolean;
	readonly #plain: ReadonlySet<SlackWidget>;
	readonly #controlsMax: number;
	readonly #next: Numbering;
	readonly #called: readonly string[];
	readonly #blocks: SlackBlock[] = [];
	#hasPrimary = false;
	#tables = 0;
	#charts = 0;

	constructor(message: Message, target: SlackTarget, called: readonly string[]) {
		this.#message = message;
		this.#inThread = target.inThread ?? false;
		this.#plain = target.plain ?? NOTHING_PLAIN;
		this.#controlsMax = target.controls ?? CONTROLS_MAX;
		this.#next = target.next ?? numbering();
		this.#called = called;
	}

	blocks(): SlackBlock[] {
		const rows = withFewer(
			this.#message.blocks.filter((block) => block.kind === "buttons"),
			this.#controlsMax,
		);
		let row = 0;
		this.#message.blocks.forEach((block, index) => {
			const shown = block.kind === "buttons" ? (rows[row++] ?? block) : block;
			const before = index === 0 ? this.#before(shown) : [];
			this.#add(shown, before);
		});
		return this.#blocks;
	}

	/** The beginning of the first line: mentions, and the sign of the state. */
	#before(first: Block): RichTextElement[] {
		const sign = SIGN[this.#message.mood];
		const called = this.#called.flatMap((id): RichTextElement[] => [
			{ type: "user", user_id: id },
			{ type: "text", text: " " },
		]);
		if (first.kind === "title" || first.kind === "say")
			return [...called, ...(sign === null ? [] : [{ type: "text", text: `${sign} ` } as const])];
		if (called.length > 0) this.#rich([section([...called, { type: "text", text: "\n" }])]);
		return [];
	}

	#add(block: Block, before: readonly RichTextElement[]): void {
		switch (block.kind) {
			case "title":
				this.#title(block, before);
				break;
			case "say":
				this.#line([...before, ...this.#spans(block.text)]);
				break;
			case "list":
				this.#list(block.items);
				break;
			case "command":
				this.#rich([section(this.#spans(block.about)), preformatted(block.command)]);
				break;
			case "table":
				this.#rich([preformatted(block.lines.join("\n"))]);
				break;
			case "grid":
				this.#grid(block);
				break;
			case "fields":
				if (this.#shows("fields")) this.#push(...fieldBlocks(block, this.#inThread));
				else this.#list(block.fields.map(fieldText));
				break;
			case "chart":
				this.#chart(block);
				break;
			case "note":
				this.#note(block.text);
				break;
			case "buttons":
				this.#controls(block);
				break;
		}
	}

	/** A header with its aside below; one line of rich text when it mentions people or is too long. */
	#title({ text, aside }: Extract<Block, { kind: "title" }>, before: readonly RichTextElement[]): void {
		const isFirst = before.length > 0;
		const header =
			this.#shows("header") && !before.some(({ type }) => type === "user")
				? headerBlock(text, isFirst ? SIGN[this.#message.mood] : null, this.#inThread)
				: null;
		if (header !== null) {
			this.#push(header);
			if (aside !== undefined) this.#line(this.#spans(atLineStart(aside)));
			return;
		}
		const beside: RichTextElement[] = aside === undefined ? [] : [{ type: "text", text: " · " }, ...this.#spans(aside)];
		this.#line([...before, ...spans(text, true, this.#inThread), ...beside]);
	}

	#grid(block: Extract<Block, { kind: "grid" }>): void {
		const table = this.#shows("table") && this.#tables < SLACK_MAX.tables ? tableBlock(block) : null;
		if (table === null) this.#rich([preformatted(gridLines(block).join("\n"))]);
		else {
			this.#tables += 1;
			this.#push(table);
		}
	}

	#chart(block: Extract<Block, { kind: "chart" }>): void {
		const chart = this.#shows("chart") && this.#charts < SLACK_MAX.charts ? chartBlock(block) : null;
		if (chart === null) this.#line(this.#spans(block.text));
		else {
			this.#charts += 1;
			this.#push(chart);
		}
	}

	#note(text: Text): void {
		if (text.length === 0) return;
		if (this.#shows("context")) this.#push(contextBlock(text, this.#inThread));
		else this.#line(this.#spans(text));
	}

	#controls(block: Extract<Block, { kind: "buttons" }>): void {
		// Its buttons are behind the menu of another row.
		if (block.buttons.length === 0 && (block.menus ?? []).length === 0) return;
		const actions = this.#shows("controls") ? actionsBlock(block, this.#next, !this.#hasPrimary) : null;
		if (actions === null) this.#note(block.else);
		else {
			this.#hasPrimary ||= actions.elements.some((one) => "style" in one);
			this.#push(actions);
		}
	}

	#list(items: readonly Text[]): void {
		this.#rich([{ type: "rich_text_list", style: "bullet", elements: items.map((item) => section(this.#spans(item))) }]);
	}

	#line(elements: readonly RichTextElement[]): void {
		this.#rich([section([...elements, { type: "text", text: "\n" }])]);
	}

	#spans(text: Text): RichTextElement[] {
		return spans(text, false, this.#inThread);
	}

	#shows(widget: SlackWidget): boolean {
		return !this.#plain.has(widget);
	}

	#rich(elements: RichTextBlock["elements"]): void {
		const last = this.#blocks.at(-1);
		if (last?.type === "rich_text" && sizeOf(last) + sizeOf({ elements }) <= SLACK_MAX.richText) last.elements.push(...elements);
		else this.#push({ type: "rich_text", elements });
	}

	#push(...blocks: readonly SlackBlock[]): void {
		this.#blocks.push(...blocks);
	}
}

function sizeOf(value: unknown): number {
	return JSON.stringify(value).length / 2;
}
