import { escaped, isThing, NotDrawn, type Thing, tag, thing, things, words } from "./thing.ts";

/** https://discord.com/developers/docs/components/reference */
const TYPE = {
	row: 1,
	button: 2,
	select: 3,
	section: 9,
	text: 10,
	thumbnail: 11,
	file: 13,
	separator: 14,
	container: 17,
	label: 18,
	input: 4,
} as const;
const BUTTON_STYLE: Readonly<Record<number, string>> = { 1: "d-primary", 2: "", 3: "d-success", 4: "d-danger", 5: "" };

/** A message (content, embeds, components) as HTML that looks like Discord's. @throws NotDrawn for a component that it does not know */
export function discordHtml(message: Thing): string {
	return tag(
		"div",
		"d-message",
		message.content === undefined || message.content === "" ? "" : markdown(words(message.content)),
		...things(message.embeds).map(embed),
		...things(message.components).map(component),
	);
}

/** A modal as Discord shows it. */
export const discordModal = (modal: Thing): string =>
	tag("div", "d-modal", tag("b", "", escaped(words(modal.title))), ...things(modal.components).map(component));

function component(one: Thing): string {
	switch (one.type) {
		case TYPE.row:
			return tag("div", "d-row", ...things(one.components).map(component));
		case TYPE.button: {
			const sign = words(thing(one.emoji).name);
			return tag("span", `d-button ${BUTTON_STYLE[Number(one.style)] ?? ""}`, escaped(`${sign} ${words(one.label)}`.trim()));
		}
		case TYPE.select:
			return tag("span", "d-select", escaped(words(one.placeholder) || "Make a selection"), " ▾");
		case TYPE.section:
			return tag(
				"div",
				"d-section",
				tag("div", "s-grow", ...things(one.components).map(component)),
				isThing(one.accessory) ? component(one.accessory) : "",
			);
		case TYPE.text:
			return markdown(words(one.content));
		case TYPE.separator:
			return one.divider === false ? "<br>" : "<hr>";
		case TYPE.file:
			return tag("div", "d-file", "📄 ", escaped(words(thing(one.file).url).replace("attachment://", "")));
		case TYPE.container: {
			const color = typeof one.accent_color === "number" ? `#${one.accent_color.toString(16).padStart(6, "0")}` : "transparent";
			return `<div class="d-container" style="border-left-color:${color}">${things(one.components).map(component).join("")}</div>`;
		}
		case TYPE.label:
			return tag(
				"div",
				"s-input",
				tag("b", "", escaped(words(one.label))),
				isThing(one.component) ? component(one.component) : "",
				tag("div", "d-small", escaped(words(one.description))),
			);
		case TYPE.input:
			return tag(
				"div",
				"s-input",
				tag("b", "", escaped(words(one.label))),
				tag("div", one.style === 2 ? "s-field s-lines" : "s-field", escaped(words(one.placeholder))),
			);
		default:
			throw new NotDrawn("Discord", one);
	}
}

function embed(one: Thing): string {
	const color = typeof one.color === "number" ? `#${one.color.toString(16).padStart(6, "0")}` : "#ccc";
	return `<div class="d-container" style="border-left-color:${color}">${tag("b", "", escaped(words(one.title)))}${markdown(words(one.description))}</div>`;
}

/** The markdown of Discord that we write: fences, lists, small print, headings, quotes, bold, code, times. */
function markdown(text: string): string {
	return text
		.split(/(```[\s\S]*?```)/)
		.map((part) => {
			if (part === "") return "";
			const fence = /^```(?:\w*\n)?([\s\S]*?)\n?```$/.exec(part)?.[1];
			return fence === undefined ? lines(part) : tag("pre", "", escaped(fence));
		})
		.join("");
}

const lines = (text: string): string =>
	text
		.replace(/^\n|\n$/g, "")
		.split("\n")
		.map((line) => {
			const [, sign = "", rest = line] = /^(-# |#{1,3} |- |> )(.*)$/.exec(line) ?? [];
			if (sign === "-# ") return tag("div", "d-small", spans(rest));
			if (sign.startsWith("#")) return tag("div", `d-h${sign.length - 1}`, spans(rest));
			if (sign === "- ") return tag("div", "d-item", spans(rest));
			return sign === "> " ? tag("blockquote", "", spans(rest)) : tag("div", "", spans(line) || "&nbsp;");
		})
		.join("");

/** Code is taken out first, so that what is bold may hold some. */
function spans(text: string): string {
	const codes: string[] = [];
	const marked = text.replace(/(?<!\\)`([^`]+)`/g, (_, code: string) => `\u0001${codes.push(code) - 1}\u0001`);
	return escaped(marked.replace(/\\([^\w\s])/g, "\u0000$1"))
		.replace(/(?<!\u0000)\*\*(.+?)(?<!\u0000)\*\*/g, "<b>$1</b>")
		.replace(/&lt;t:(\d+)(?::(\w))?&gt;/g, (_, seconds: string, style?: string) =>
			tag("span", "mention", time(Number(seconds), style)),
		)
		.replace(/&lt;@!?(\w+)&gt;/g, '<span class="mention">@$1</span>')
		.replace(/&lt;(https?:[^&]+)&gt;/g, '<span class="link">$1</span>')
		.replaceAll("\u0000", "")
		.replace(/\u0001(\d+)\u0001/g, (_, nth: string) => tag("code", "", escaped(codes[Number(nth)] ?? "")));
}

/** A time as a reader in Greenwich has it. https://docs.discord.com/developers/reference, "Timestamp Styles" */
function time(seconds: number, style = "f"): string {
	const iso = new Date(seconds * 1_000).toISOString();
	const [day, clock] = [iso.slice(0, 10), iso.slice(11, style === "T" ? 19 : 16)];
	if (style === "T" || style === "t") return clock;
	return style === "d" || style === "D" ? day : `${day} ${clock}`;
}
