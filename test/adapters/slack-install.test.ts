import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { INSTALL_PATH, REDIRECT_PATH } from "../../src/adapters/slack/installing.ts";
import { OPTIONAL_SCOPES, SCOPES } from "../../src/adapters/slack/scopes.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { type Many, withMany } from "./slack-many.ts";

/** How the app comes into a workspace: the real SDK, our own pages, a browser, and a Slack that takes each code once. */

const heading = (page: string): string => /<h1>(.*)<\/h1>/.exec(page)?.[1] ?? page;
const kept = ({ stores }: Many) => stores.installs.all("slack", 100);

describe("installing the app in a workspace", () => {
	let lab: Lab;
	before(async () => {
		lab = await openLab();
	});
	after(() => lab.close());

	it("asks Slack for what the manifest names, and sends people back to the bot's own address", () =>
		withMany(lab, async ({ browser }) => {
			const asked = await browser().begin();
			assert.deepEqual(asked.get("scope")?.split(","), [...SCOPES, ...OPTIONAL_SCOPES]);
			assert.deepEqual(
				[asked.get("redirect_uri"), asked.get("client_id"), asked.get("user_scope")],
				["https://bot.example/slack/oauth_redirect", "123.456", null],
			);
		}));

	it("the manifest lists no other scopes", () => {
		const Scopes = z.object({
			oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }) }),
		});
		const { bot, bot_optional: optional } = Scopes.parse(
			parse(readFileSync(new URL("../../manifest.yml", import.meta.url), "utf8")),
		).oauth_config.scopes;
		assert.deepEqual([...SCOPES, ...OPTIONAL_SCOPES].toSorted(), [...bot, ...optional].toSorted());
		for (const scope of optional) assert.ok((OPTIONAL_SCOPES as readonly string[]).includes(scope), scope);
	});

	it("keeps the workspace, the bot and who installed it, and says what to type", () =>
		withMany(lab, async (many) => {
			const page = await many.install("T1");
			assert.deepEqual([page.status, heading(page.text)], [200, "cf520 is installed in Ants &amp; &lt;Sons&gt;"]);
			assert.match(page.text, /href="https:\/\/slack\.com\/app_redirect\?app=A1&amp;team=T1"/);
			const [one, ...others] = await kept(many);
			assert.deepEqual([one?.id, others], ["T1", []]);
			const { bot, ...record } = JSON.parse(one?.body ?? "");
			assert.deepEqual(record, {
				team: { id: "T1", name: "Ants & <Sons>" },
				enterprise: null,
				by: "U-admin-T1",
				appId: "A1",
			});
			assert.deepEqual([bot.token, bot.userId, bot.id], [many.installs.tokenOf("T1"), "U0BOTT1", "BT1"]);
			const audited = many.lines.filter(({ audit }) => audit === true);
			assert.deepEqual(audited, [{ event: "slack-installed", audit: true, platform: "slack", workspace: "T1" }]);
		}));

	it("for a whole organization is kept under the organization", () =>
		withMany(lab, async (many) => {
			assert.equal(heading((await many.install("E1")).text), "cf520 is installed in Hive");
			const [one] = await kept(many);
			const { team, enterprise } = JSON.parse(one?.body ?? "");
			assert.deepEqual([one?.id, team, enterprise], ["E1", null, { id: "E1", name: "Hive" }]);
		}));

	it("in one workspace of an organization is that workspace's own", () =>
		withMany(lab, async (many) => {
			await many.install("T12");
			assert.deepEqual(
				(await kept(many)).map(({ id }) => id),
				["T12"],
			);
		}));

	it("may end in another process than it began", () =>
		withMany(lab, (first) =>
			withMany(
				lab,
				async (second) => {
					const [there, here] = [first.browser(), second.browser()];
					const asked = await there.begin();
					here.cookie = there.cookie;
					const page = await here.back({ code: second.installs.code("T1"), state: asked.get("state") ?? "" });
					assert.equal(page.status, 200);
					assert.equal((await kept(first)).length, 1);
				},
				{ stores: first.stores, slack: first.slack },
			),
		));

	/** Ways that lead to no installation: what the browser brings back, what it reads, and whether Slack was asked at all. */
	const rows: readonly (readonly [
		what: string,
		go: (many: Many) => Promise<{ status: number; text: string }>,
		status: number,
		page: RegExp,
		asksSlack?: boolean,
	])[] = [
		[
			"canceled on Slack's page",
			async ({ browser }) => {
				const person = browser();
				return person.back({ error: "access_denied", state: (await person.begin()).get("state") ?? "" });
			},
			200,
			/^Installation canceled$/,
		],
		[
			"another error of Slack's page",
			({ browser }) => browser().back({ error: "invalid_scope" }),
			502,
			/^cf520 could not be installed$/,
		],
		[
			"a state that another key signed",
			async (many) => {
				let state = "";
				let cookie = "";
				await withMany(
					lab,
					async ({ browser }) => {
						const person = browser();
						state = (await person.begin()).get("state") ?? "";
						cookie = person.cookie;
					},
					{ key: Buffer.alloc(32, 6) },
				);
				const person = many.browser();
				person.cookie = cookie;
				return person.back({ code: many.installs.code("T1"), state });
			},
			400,
			/^This installation cannot go on$/,
		],
		[
			"a state of somebody else's browser",
			async ({ browser, installs }) => {
				const state = (await browser().begin()).get("state") ?? "";
				const victim = browser();
				await victim.begin();
				return victim.back({ code: installs.code("T1"), state });
			},
			400,
			/^This installation cannot go on$/,
		],
		[
			"a browser that never began",
			async ({ browser, installs }) =>
				browser().back({ code: installs.code("T1"), state: (await browser().begin()).get("state") ?? "" }),
			400,
			/^This installation cannot go on$/,
		],
		[
			"no state",
			({ browser, installs }) => browser().back({ code: installs.code("T1") }),
			400,
			/^This installation cannot go on$/,
		],
		["nothing at all", ({ browser }) => browser().get(REDIRECT_PATH), 400, /^This installation cannot go on$/],
		[
			"a code that Slack does not know",
			async ({ browser }) => {
				const person = browser();
				return person.back({ code: "invented", state: (await person.begin()).get("state") ?? "" });
			},
			400,
			/^This installation cannot go on$/,
			true,
		],
		[
			"a code as long as a book",
			async ({ browser }) => {
				const person = browser();
				return person.back({ code: "c".repeat(600), state: (await person.begin()).get("state") ?? "" });
			},
			400,
			/^This installation cannot go on$/,
		],
		[
			"a query as long as a book",
			({ browser }) => browser().back({ x: "y".repeat(5_000) }),
			400,
			/^This installation cannot go on$/,
		],
		[
			"Slack in trouble",
			async ({ browser, installs, slack }) => {
				const person = browser();
				const state = (await person.begin()).get("state") ?? "";
				slack.fail("oauth.v2.access", { status: 500 });
				return person.back({ code: installs.code("T1"), state });
			},
			500,
			/^cf520 could not be installed$/,
			true,
		],
	];
	for (const [error, logged] of [
		["invalid_scope", "invalid_scope"],
		["invalid_team_for_non_distributed_app", "invalid_team_for_non_distributed_app"],
		["xoxb-1-secret", "no word of Slack's"],
		["a\r\nb", "no word of Slack's"],
		["a".repeat(60), "no word of Slack's"],
	] as const)
		it(`the reason that Slack's page returns is in the log, if it is one: ${JSON.stringify(error)}`, () =>
			withMany(lab, async ({ browser, lines }) => {
				await browser().back({ error });
				assert.deepEqual(
					lines.filter(({ event }) => event === "slack-install-failed").map((line) => line.error),
					[logged],
				);
			}));

	it("begun in two tabs, only the newer one goes on: the page says so", () =>
		withMany(lab, async ({ browser, installs }) => {
			const person = browser();
			const first = (await person.begin()).get("state") ?? "";
			await person.begin();
			const page = await person.back({ code: installs.code("T1"), state: first });
			assert.deepEqual([page.status, /another tab/.test(page.text)], [400, true]);
		}));

	for (const [what, go, status, page, asksSlack = false] of rows)
		it(`${what}: nothing is kept, and a page of our own says what to do`, () =>
			withMany(lab, async (many) => {
				const read = await go(many);
				assert.equal(read.status, status);
				assert.match(heading(read.text), page);
				assert.deepEqual(await kept(many), []);
				assert.equal(
					many.slack.calls.some(({ method }) => method === "oauth.v2.access"),
					asksSlack,
				);
			}));

	it("a callback that comes again changes nothing: Slack takes a code once, and the state is over with its cookie", () =>
		withMany(lab, async (many) => {
			const person = many.browser();
			const state = (await person.begin()).get("state") ?? "";
			const { cookie } = person;
			const code = many.installs.code("T1");
			assert.equal((await person.back({ code, state })).status, 200);
			const before = await kept(many);
			assert.equal((await person.back({ code, state })).status, 400);
			person.cookie = cookie;
			const again = await person.back({ code, state });
			assert.deepEqual([again.status, heading(again.text)], [400, "This installation cannot go on"]);
			assert.deepEqual(await kept(many), before);
		}));

	describe("where the operator lists who may", () => {
		const allowed = ["T2", "E1"];
		for (const [team, may] of [
			["T1", false],
			["T2", true],
			["E1", true],
			["T11", true],
		] as const)
			it(`${team} ${may ? "is installed" : "is refused: nothing is kept, and Slack is given the token back"}`, () =>
				withMany(
					lab,
					async (many) => {
						const page = await many.install(team);
						assert.equal(page.status, may ? 200 : 403);
						assert.match(heading(page.text), may ? /is installed in/ : /^cf520 is not installed$/);
						assert.deepEqual(
							(await kept(many)).map(({ id }) => id),
							may ? [team] : [],
						);
						const refused = [...many.installs.tokens.values()].map((token) => token.refused);
						assert.deepEqual(refused, [may ? null : "token_revoked"]);
						const said = many.lines.filter(({ audit }) => audit === true).map(({ event, workspace }) => `${event} ${workspace}`);
						assert.deepEqual(said, [`${may ? "slack-installed" : "slack-install-refused"} ${team}`]);
					},
					{ workspaces: allowed },
				));

		it("is said at the start only where any may", () =>
			withMany(lab, async (some) =>
				withMany(
					lab,
					async (any) => {
						const said = ({ lines }: Many) =>
							lines.filter(({ event }) => event === "slack-install-listening").map(({ say }) => say);
						assert.deepEqual(said(some), [
							"any Slack workspace may install the app: CF520_SLACK_WORKSPACES lists those that may",
						]);
						assert.deepEqual(said(any), [undefined]);
					},
					{ workspaces: allowed },
				),
			));
	});

	it("every page runs nothing, loads nothing and is shown in no frame", () =>
		withMany(lab, async ({ browser }) => {
			const pages = [
				await browser().get(INSTALL_PATH),
				await browser().back({ error: "access_denied" }),
				await browser().get(REDIRECT_PATH),
			];
			for (const { headers, text } of pages) {
				assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'.*frame-ancestors 'none'/);
				assert.deepEqual(
					[headers.get("referrer-policy"), headers.get("x-content-type-options"), headers.get("cache-control")],
					["no-referrer", "nosniff", "no-store"],
				);
				assert.doesNotMatch(text, /<script|<img|\son\w+=|Oops/i);
				assert.ok(text.length < 4_000, `${text.length} characters`);
			}
		}));

	it("nothing but GET and HEAD is taken, and HEAD uses up no code", () =>
		withMany(lab, async (many) => {
			const person = many.browser();
			for (const path of [INSTALL_PATH, REDIRECT_PATH])
				for (const method of ["POST", "PUT", "DELETE"]) assert.equal((await person.get(path, { method })).status, 405);
			const state = (await person.begin()).get("state") ?? "";
			const code = many.installs.code("T1");
			const path = `${REDIRECT_PATH}?${new URLSearchParams({ code, state })}`;
			assert.equal((await person.get(path, { method: "HEAD" })).status, 200);
			assert.deepEqual(await kept(many), []);
			assert.equal((await person.get(path)).status, 200);
		}));

	it("one client gets 30 requests a minute, others behind the same proxy theirs", () =>
		withMany(lab, async ({ browser, clock }) => {
			const from = (address: string) => browser().get(INSTALL_PATH, { headers: { "x-forwarded-for": `192.0.2.9, ${address}` } });
			for (let nth = 0; nth < 30; nth += 1) assert.equal((await from("198.51.100.7")).status, 200);
			const refused = await from("198.51.100.7");
			assert.deepEqual(
				[refused.status, heading(refused.text), refused.headers.get("retry-after")],
				[429, "Too many requests", "60"],
			);
			assert.equal((await from("198.51.100.8")).status, 200);
			clock.turn(60_000);
			assert.equal((await from("198.51.100.7")).status, 200);
		}));

	it("no code, state, secret or token is in the log", () =>
		withMany(lab, async (many) => {
			const person = many.browser();
			const state = (await person.begin()).get("state") ?? "";
			const code = many.installs.code("T1");
			await person.back({ code, state });
			await person.back({ code, state });
			await many.browser().back({ error: "invalid_scope", state });
			many.slack.fail("oauth.v2.access", { error: "internal_error" });
			const other = many.browser();
			await other.back({ code: many.installs.code("T2"), state: (await other.begin()).get("state") ?? "" });
			const text = JSON.stringify(many.lines);
			for (const secret of [code, state.slice(-40), "xoxb-", "0123456789abcdef"])
				assert.ok(!text.includes(secret), secret.slice(0, 4));
			assert.match(text, /slack-install-failed/);
		}));
});
