import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { partsOf } from "../src/adapters/discord/parts.ts";
import { renderSlack } from "../src/adapters/slack/render.ts";
import { renderTerminal } from "../src/adapters/terminal/render.ts";
import type { Message } from "../src/message/message.ts";
import { messageRefusal } from "./adapters/discord-limits.ts";
import { calledIn, messageProblems } from "./adapters/slack-limits.ts";
import type { Standing } from "./asked.ts";
import { discordLines } from "./discord-lines.ts";
import { normal } from "./normal.ts";
import { slackLines } from "./slack-lines.ts";

/**
 * Messages as people see them in each adapter, against golden/ADAPTER/NAME.txt; each is one that the chats take, and calls nobody.
 * @param asked the first lines: what was asked
 */
export function record(t: TestContext, name: string, asked: string, messages: readonly Standing[]): void {
	const file = (adapter: string, body: string) =>
		t.assert.fileSnapshot(`${asked}\n\n${normal(body)}\n`, new URL(`golden/${adapter}/${name}.txt`, import.meta.url).pathname, {
			serializers: [String],
		});
	file(
		"terminal",
		messages
			.map(
				({ place, message }) =>
					`[${place}]\n${renderTerminal(message, { colour: false, width: Number.POSITIVE_INFINITY, askPrefix: "" })}`,
			)
			.join("\n\n"),
	);
	file(
		"discord",
		messages
			.map(({ place, message }) =>
				discordParts(message)
					.map((part) => `[${place}]\n${discordLines(part).join("\n")}`)
					.join("\n\n"),
			)
			.join("\n\n"),
	);
	file(
		"slack",
		messages
			.map(({ place, message }) => {
				const payload = renderSlack(message, { inThread: place === "thread", calls: true });
				assert.deepEqual(messageProblems(payload), [], "Slack would refuse it");
				assert.deepEqual(calledIn(payload), [], "it calls somebody");
				return [`[${place}]`, ...slackLines(payload)].join("\n");
			})
			.join("\n\n"),
	);
}

/** Every reply is one that Discord takes, in both forms. */
function discordParts(message: Message) {
	const parts = partsOf(message, "container", []);
	for (const { allowedMentions, ...part } of [...parts, ...partsOf(message, "content", [])])
		assert.equal(messageRefusal({ ...part, allowed_mentions: allowedMentions }), null);
	return parts;
}
