import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { BOT_PERMISSIONS, INSTALL_SETTINGS } from "../../src/adapters/discord/application.ts";
import { startDiscord } from "../../src/adapters/discord/discord.ts";
import { serve } from "../../src/http-server.ts";
import { type DiscordFault, type FakeDiscord, fakeDiscord } from "../fakes/discord.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** How the application is added, kept right at the start, through the real discord.js. */

const token = "aaaaaaaaaa.bbbb.cccc";
const ROUTE = "PATCH /applications/@me";

describe("at its start, the Discord application", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	/** Starts once, and returns what the log said. */
	async function started(discord: FakeDiscord, overHttp = false): Promise<string[]> {
		const lines: string[] = [];
		const own = overHttp ? await serve("127.0.0.1", 0, null) : null;
		const { publicKey } = generateKeyPairSync("ed25519");
		const hex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
		const settings = { token, apiUrl: discord.apiUrl, guildId: undefined, publicKey: overHttp ? hex : null };
		const bot = await startDiscord(settings, labDesk(lab), (line) => lines.push(JSON.stringify(line)), {
			mount: own?.mount ?? null,
		});
		assert.equal(bot.ready(), true);
		await bot.stop();
		await own?.close();
		return lines;
	}
	const patches = (discord: FakeDiscord) => discord.calls.filter(({ route }) => route === ROUTE).map(({ body }) => body);

	const [ours, theirs] = [INSTALL_SETTINGS[0].oauth2_install_params, INSTALL_SETTINGS[1].oauth2_install_params];
	const of = (server: unknown, person: unknown) => ({
		0: { oauth2_install_params: server },
		1: { oauth2_install_params: person },
	});
	for (const [what, settings, writes] of [
		["none", undefined, true],
		["for servers alone", { 0: { oauth2_install_params: ours } }, true],
		["without what they grant", { 0: {}, 1: {} }, true],
		["with null for it", of(null, null), true],
		["with other rights", of({ ...ours, permissions: "8" }, theirs), true],
		["without the bot", of({ ...ours, scopes: ["applications.commands"] }, theirs), true],
		["of no shape", "x", true],
		["the right ones", of(ours, theirs), false],
		["the right ones, scopes in another order", of({ ...ours, scopes: ["bot", "applications.commands"] }, theirs), false],
	] as const)
		for (const overHttp of [false, true])
			it(`${overHttp ? "over HTTP" : "over the gateway"}, has install settings ${what}: ${writes ? "they are set, once" : "left alone"}`, async () => {
				const discord = await fakeDiscord();
				discord.installSettings = settings;
				await started(discord, overHttp);
				await started(discord, overHttp);
				assert.deepEqual(
					patches(discord),
					writes ? [{ integration_types_config: JSON.parse(JSON.stringify(INSTALL_SETTINGS)) }] : [],
				);
				assert.deepEqual(discord.refused, []);
				await discord.close();
			});

	const rows: readonly (readonly [what: string, route: RegExp, faults: readonly DiscordFault[]])[] = [
		["refuses them", /^PATCH \/applications/, [{ status: 403, code: 20_012 }]],
		["does not say what they are", /^GET \/applications\/@me$/, [{ status: 404 }]],
	];
	for (const [what, route, faults] of rows)
		it(`where Discord ${what}, it takes questions all the same, and the log says it in one line`, async () => {
			const discord = await fakeDiscord();
			discord.fail(route, ...faults);
			const lines = await started(discord);
			assert.equal(lines.filter((line) => line.includes("discord-install-settings-failed")).length, 1);
			assert.match(lines.join("\n"), /"discord-connected","commands":"registered","install":"failed"/);
			await discord.close();
		});

	it("asks for the rights that README explains, and README's invitation needs no more than its ID", () => {
		const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
		assert.ok(readme.includes(BOT_PERMISSIONS));
		assert.match(readme, /^\[invite\]: https:\/\/discord\.com\/oauth2\/authorize\?client_id=APPLICATION_ID$/m);
	});
});
