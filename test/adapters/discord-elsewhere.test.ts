import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import type { Conversation, ConversationOpener } from "../../src/desk/conversation.ts";
import type { Outcome } from "../../src/desk/outcome.ts";
import { serve } from "../../src/http-server.ts";
import { type Message, message, say, title } from "../../src/message/message.ts";
import { text } from "../../src/message/text.ts";
import { CHANNEL, fakeDiscord } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { countingDesk } from "./contract.ts";

/** What one process began in Discord, another goes on with, which has never met that server: after a restart, or as a replica. */

const nothing = { private: true, head: message("neutral"), thread: [], data: {} };
const ANSWERED: Outcome = { caseId: "case-1", kind: "answered", reply: nothing, verdict: null };
const words = (said: string): Message => message("neutral", title(text`${said}`), say(text`${said}`));

for (const overHttp of [false, true])
	describe(`another process, ${overHttp ? "over HTTP" : "over the gateway"}`, () => {
		let lab: Lab;
		before(async () => {
			lab = await openLab();
		});
		after(() => lab.close());

		const { publicKey, privateKey } = generateKeyPairSync("ed25519");
		const hex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");

		for (const [what, goesOn] of [
			["that had a thread", true],
			["that had no thread yet", false],
		] as const)
			it(`comes back to a conversation ${what}: edits its head, and writes in its thread`, async () => {
				const discord = await fakeDiscord();
				const own = await serve("127.0.0.1", 0, null);
				const settings = { token: "aaaaaaaaaa.bbbb.cccc", apiUrl: discord.apiUrl, guildId: undefined };
				const secret = { publicKey: overHttp ? hex : null };
				let opened: ConversationOpener = () => null;
				let kept = { ref: "", head: "" };
				const handle = async (_what: unknown, conversation: Conversation<Message>) => {
					await conversation.begin(words("head"));
					if (goesOn) await conversation.followUp(words("first"));
					kept = { ref: conversation.resumeRef(false) ?? "", head: conversation.location().messageRef ?? "" };
					return ANSWERED;
				};
				const desk = () =>
					countingDesk({
						...labDesk(lab),
						handle,
						connect: (_platform, open) => {
							opened = open;
						},
					});
				const before = desk();
				const first = await startDiscord({ ...settings, ...secret }, before, () => {}, { mount: own.mount });
				if (overHttp) discord.overHttp(`http://127.0.0.1:${own.port}${DISCORD_PATH}`, privateKey);
				await discord.command("ray 8a7d5e2fbcd1a1c3");
				await before.settled(1);
				await first.stop();
				await own.close();
				const next = await serve("127.0.0.1", 0, null);
				const second = await startDiscord({ ...settings, ...secret }, desk(), () => {}, { mount: next.mount });
				try {
					const [head] = discord.messages;
					const later = opened(kept.ref);
					assert.ok(later !== null && head !== undefined);
					await later.begin(words("later"));
					await later.followUp(words("later still"));
					const edits = head.edits;
					await later.edit(kept.head, words("head again"));
					assert.equal(head.edits, edits + 1);
					assert.deepEqual(
						discord.messages.filter((one) => /later/.test(one.content)).map(({ channelId }) => channelId),
						goesOn ? [head.id, head.id] : [CHANNEL, discord.messages.find((one) => /later/.test(one.content))?.id],
					);
				} finally {
					await second.stop();
					await next.close();
					await discord.close();
				}
			});
	});
