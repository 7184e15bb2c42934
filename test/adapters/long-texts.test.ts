import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import { fakeSlack } from "../fakes/slack.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { countingDesk } from "./contract.ts";

const FILES = 50;
const FILE_CHARS = 899_000;
/** One person sends so many of the files: more than one person may ask in five minutes. */
const OF_ONE = 20;
/** What is acknowledged at least before the files are done: 38 came while the thread that acknowledges read them itself. */
const ACKNOWLEDGED = 4 * FILES;

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

/** Files of the largest size, every second one of the kind that people really send. */
const texts = (): string[] => {
	const make = Object.values(HOSTILE_TEXTS);
	const honest = HOSTILE_TEXTS["access lines"] ?? assert.fail();
	return Array.from({ length: FILES }, (_, nth) =>
		(nth % 2 === 0 ? honest : (make[nth] ?? honest))(FILE_CHARS).slice(0, FILE_CHARS),
	);
};

it("while 50 files of 900 KB are read, whatever else is asked is acknowledged, and every file is answered", async () => {
	const slack = await fakeSlack();
	// A channel may ask for 40 in five minutes.
	slack.members.add("C0");
	for (const [nth, text] of texts().entries()) slack.files.set(`${nth}.txt`, text);
	let filesDone = 0;
	const desk = labDesk(lab);
	const counting = countingDesk({
		...desk,
		handle: async (what, conversation, who, asked) => {
			const outcome = await desk.handle(what, conversation, who, asked);
			if (asked?.files !== undefined) filesDone += 1;
			return outcome;
		},
	});
	const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, counting, () => {});
	try {
		const sent = Array.from({ length: FILES }, (_, nth) =>
			slack.mention("", {
				user: nth < OF_ONE ? "U1" : `P${nth % 10}`,
				channel: `C${nth % 2}`,
				threadTs: `1.${nth}`,
				files: [{ url_private: slack.fileUrl(`${nth}.txt`), size: FILE_CHARS }],
			}),
		);
		await Promise.all(sent);
		let acknowledged = 0;
		while (filesDone < FILES && acknowledged < ACKNOWLEDGED) {
			await slack.command("help", { user: `V${acknowledged % 40}` });
			acknowledged += 1;
		}
		assert.equal(acknowledged, ACKNOWLEDGED, `${acknowledged} acknowledgements while ${FILES} files were read`);
		await counting.settled(FILES + acknowledged);
		const said = new Map<string, string>();
		for (const one of slack.messages) {
			const thread = one.threadTs ?? "";
			if (thread.startsWith("1.")) said.set(thread, `${said.get(thread) ?? ""}${flatSlack(one)}\n`);
		}
		assert.equal(said.size, FILES, "every file has an answer");
		assert.equal([...said.values()].filter((one) => /used your 15 checks for 5 minutes/.test(one)).length, OF_ONE - 15);
		assert.doesNotMatch([...said.values()].join("\n"), /Something went wrong on my side|I am restarting/);
	} finally {
		await bot.stop();
		await slack.close();
	}
});
