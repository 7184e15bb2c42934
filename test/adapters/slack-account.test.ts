import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import { tokenFormButton } from "../../src/reply/account.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { type FakeCloudflare, startFakeCloudflare } from "../fakes/cloudflare.ts";
import { type FakeSlack, fakeSlack, type SlackMessage } from "../fakes/slack.ts";
import { seeded, traffic } from "../fakes/traffic.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { flatSlack } from "../normal.ts";
import { countingDesk } from "./contract.ts";

/** `connect` in Slack: the link, the private form, what it says, and where the token then is. */

const SECRET = `cfut_${"s".repeat(40)}0badc0de`;
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const folder = mkdtempSync(join(tmpdir(), "cf520-account-"));
let lab: Lab;
let cloudflare: FakeCloudflare;
before(async () => {
	[lab, cloudflare] = await Promise.all([openLab(), startFakeCloudflare(Date.now, seeded(7))]);
	const requests = traffic(Date.now() - 60_000, 59, 60, { fails: (_request, _minute, random) => random() < 0.2 });
	cloudflare.zones.push({
		id: ZONE,
		name: "lab.example",
		plan: "free",
		account: ZONE,
		requests: requests.map((one) => ({ ...one, host: "closes-empty.lab.example" })),
	});
	const permissions = ["zone", "analytics"] as const;
	cloudflare.tokens.push({ token: SECRET, id: ZONE, kind: "user", status: "active", zones: [ZONE], permissions });
});
after(async () => {
	await Promise.all([lab.close(), cloudflare.close()]);
	rmSync(folder, { recursive: true, force: true });
});
const until = async (holds: () => boolean) => {
	while (!holds()) await setImmediate();
};

async function withBot(
	run: (slack: FakeSlack, settled: (n: number) => Promise<void>, everything: () => string) => Promise<void>,
) {
	const slack = await fakeSlack();
	slack.admins = new Set(["U1"]);
	const file = join(folder, `${Math.random()}.sqlite`);
	const stores = sqliteStores(file, realClock, { key: Buffer.alloc(32, 7) });
	const logged: string[] = [];
	const log = (line: object) => void logged.push(JSON.stringify(line));
	const client = openCloudflare({ base: cloudflare.url, userAgent: "cf520-test" }, realClock);
	const desk = countingDesk(
		labDesk(lab, { stores, log, accounts: { client, own: null, tokenForm: (_conversation, host) => tokenFormButton(host) } }),
	);
	const bot = await startSlack({ botToken: "xoxb-test", appToken: "xapp-test", apiUrl: slack.apiUrl }, desk, log);
	try {
		await run(slack, desk.settled, () =>
			[
				...slack.messages.map((one) => JSON.stringify(one)),
				...logged,
				...readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1")),
			].join("\n"),
		);
	} finally {
		await bot.stop();
		await slack.close();
		stores.close();
	}
}
const shown = (one: SlackMessage | undefined) => flatSlack(one ?? assert.fail("no message"));

test("an admin connects a zone by the private form: the token is checked, kept sealed, shown nowhere, and numbers follow", () =>
	withBot(async (slack, settled, everything) => {
		await slack.command("connect closes-empty.lab.example");
		await settled(1);
		const [offer] = slack.messages;
		assert.equal(offer?.onlyFor, "U1");
		assert.match(shown(offer), /Connect closes-empty\.lab\.example/);
		await slack.press(offer as SlackMessage, "T:closes-empty.lab.example");
		const view = await slack.view(0);
		assert.equal(view.callback_id, "cf520_token");
		await slack.submit(view, { token: { token: ` ${SECRET} ` } });
		await until(() => slack.messages.length > 1);
		assert.equal(slack.messages[1]?.onlyFor, "U1");
		assert.match(shown(slack.messages[1]), /The token can read lab\.example's numbers, but not its settings/);
		assert.ok(!everything().includes(SECRET), "the token is nowhere in the clear");
		await slack.command(lab.url("closes-empty", "/login"));
		await settled(2);
		assert.match(slack.messages.map(shown).join("\n"), /In the last hour, \d+ of [\d,]+ requests to closes-empty/);
		assert.ok(!everything().includes(SECRET));
		assert.ok(cloudflare.log.every(({ path, body }) => !path.includes(SECRET) && !body.includes(SECRET)));
	}));

test("a person who is no admin gets no further than the form, and a token that is none is refused", () =>
	withBot(async (slack, settled, everything) => {
		await slack.command("connect closes-empty.lab.example");
		await settled(1);
		await slack.press(slack.messages[0] as SlackMessage, "T:closes-empty.lab.example");
		const view = await slack.view(0);
		await slack.submit(view, { token: { token: SECRET } }, { user: "U2" });
		await until(() => slack.messages.length > 1);
		assert.match(shown(slack.messages[1]), /Only admins can do that/);
		assert.equal(slack.messages[1]?.onlyFor, "U2");
		await slack.press(slack.messages[0] as SlackMessage, "T:closes-empty.lab.example");
		await slack.submit(await slack.view(1), { token: { token: "0123456789abcdef0123456789abcdef01234" } });
		await until(() => slack.messages.length > 2);
		assert.match(shown(slack.messages[2]), /global API key/i);
		assert.ok(!everything().includes("0123456789abcdef0123456789abcdef01234"));
	}));
