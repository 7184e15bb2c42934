import type { Block, Message } from "../../message/message.ts";
import type { Text } from "../../message/text.ts";

/** A public reply meant for one person. */
const LINE_MAX_CHARS = 160;
/** As long as a time reads. */
const TIME_CHARS = 20;

/** A message for one person in public, as one short line with its controls. Whole sentences as far as they fit, at least the first. Pure. */
export function inOneLine({ blocks, ...message }: Message): Message {
	const first = blocks.find((block): block is Extract<Block, { text: Text }> => "text" in block);
	const controls = blocks.filter((block) => block.kind === "buttons");
	return {
		...message,
		blocks: [...(first === undefined ? [] : [{ kind: "say" as const, text: sentences(first.text) }]), ...controls],
	};
}

function sentences(text: Text): Text {
	const ends: { readonly span: number; readonly at: number; readonly chars: number }[] = [];
	let chars = 0;
	for (const [index, span] of text.entries()) {
		if (span.t === "plain")
			for (const { index: at } of span.s.matchAll(/[.?!;](?=\s|$)/g))
				ends.push({ span: index, at: at + 1, chars: chars + at + 1 });
		chars += span.t === "time" ? TIME_CHARS : span.s.length;
	}
	const end = chars <= LINE_MAX_CHARS ? undefined : (ends.findLast((one) => one.chars <= LINE_MAX_CHARS) ?? ends[0]);
	if (end === undefined) return text;
	const last = text[end.span];
	return [
		...text.slice(0, end.span),
		...(last?.t === "plain" ? [{ ...last, s: last.s.slice(0, end.at).replace(/;$/, ".") }] : []),
	];
}
