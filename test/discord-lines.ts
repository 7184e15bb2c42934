/** A component as Discord's API takes it. */
interface Component {
	readonly type?: number;
	readonly content?: string;
	readonly label?: string;
	readonly placeholder?: string;
	readonly custom_id?: string;
	readonly components?: readonly Component[];
	readonly options?: readonly { readonly label: string; readonly value: string }[];
}

/** What Discord shows of a message. */
interface Shown {
	readonly content?: unknown;
	readonly components?: unknown;
}

/** https://discord.com/developers/docs/components/reference */
const [ROW, BUTTON, SELECT, TEXT, SEPARATOR, CONTAINER] = [1, 2, 3, 10, 14, 17];

const componentsOf = ({ components }: Shown): readonly Component[] => (Array.isArray(components) ? components : []);
const walked = (one: Component): readonly Component[] => [one, ...(one.components ?? []).flatMap(walked)];

/** A message as a golden shows it: its texts line by line, a line for a separator, buttons as `[Label]`, selects as `[Label ▾]`. Nothing is left out: what is unknown is shown as JSON. */
export const discordLines = (message: Shown): string[] => [
	...(typeof message.content === "string" && message.content !== "" ? message.content.split("\n") : []),
	...componentsOf(message).flatMap(linesOf),
];

function linesOf(one: Component): string[] {
	switch (one.type) {
		case CONTAINER:
			return (one.components ?? []).flatMap(linesOf);
		case ROW:
			return [(one.components ?? []).map((control) => linesOf(control).join(" ")).join(" ")];
		case BUTTON:
			return [`[${one.label}]`];
		case SELECT:
			return [`[${one.placeholder} ▾]`];
		case TEXT:
			return (one.content ?? "").split("\n");
		case SEPARATOR:
			return ["───"];
		default:
			return [JSON.stringify(one)];
	}
}

/** The texts of a message, without its controls. */
export const discordTexts = (message: Shown): string[] => [
	...(typeof message.content === "string" && message.content !== "" ? [message.content] : []),
	...componentsOf(message)
		.flatMap(walked)
		.flatMap(({ type, content }) => (type === TEXT && content !== undefined ? [content] : [])),
];

/** What can be pressed or chosen in a message. */
export const discordControls = (message: Shown): readonly { readonly label: string; readonly action: string }[] =>
	componentsOf(message)
		.flatMap(walked)
		.flatMap(({ type, label = "", custom_id: id = "", options = [] }) =>
			type === BUTTON
				? [{ label, action: id }]
				: type === SELECT
					? options.map((option) => ({ label: option.label, action: option.value }))
					: [],
		);
