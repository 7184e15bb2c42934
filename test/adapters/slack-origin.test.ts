import assert from "node:assert/strict";
import { test } from "node:test";
import { originOf } from "../../src/adapters/slack/payloads.ts";

/** Of which installation a request is, by what Slack says: strangers in shared channels must not choose it. */
const ROWS: readonly (readonly [what: string, body: unknown, team: string | null, enterprise: string | null])[] = [
	["an event of a workspace", { team_id: "T1", authorizations: [{ team_id: "T1", enterprise_id: null }] }, "T1", null],
	[
		"an event of a stranger in a shared channel",
		{ team_id: "T2", context_team_id: "T1", authorizations: [{ team_id: "T1", enterprise_id: null }] },
		"T1",
		null,
	],
	[
		"of a stranger from an organization",
		{
			team_id: "T2",
			enterprise_id: "E2",
			context_team_id: "T1",
			context_enterprise_id: null,
			authorizations: [{ team_id: "T1" }],
		},
		"T1",
		null,
	],
	[
		"of a stranger, without the newer fields",
		{ team_id: "T2", enterprise_id: "E2", authorizations: [{ team_id: "T1" }] },
		"T1",
		null,
	],
	[
		"an event of an organization's installation",
		{
			team_id: "T11",
			enterprise_id: "E1",
			authorizations: [{ team_id: null, enterprise_id: "E1", is_enterprise_install: true }],
		},
		"T11",
		"E1",
	],
	[
		"with a stranger in a shared channel",
		{
			team_id: "T2",
			enterprise_id: "E2",
			context_team_id: "T11",
			context_enterprise_id: "E1",
			authorizations: [{ team_id: null, enterprise_id: "E1", is_enterprise_install: true }],
		},
		"T11",
		"E1",
	],
	["an organization where a workspace is meant", { team_id: "T11", context_team_id: "E1", authorizations: [] }, "T11", "E1"],
	["a command", { team_id: "T1", user_id: "U1" }, "T1", null],
	["a command in an organization", { team_id: "T11", enterprise_id: "E1", is_enterprise_install: "true" }, "T11", "E1"],
	["a button that a stranger presses", { team: { id: "T1" }, user: { id: "U2", team_id: "T2" } }, "T1", null],
	[
		"a button of an organization's installation",
		{ team: null, enterprise: { id: "E1" }, user: { id: "U1", team_id: "T11" }, is_enterprise_install: true },
		"T11",
		"E1",
	],
	[
		"a workspace's button that names its organization",
		{ team: { id: "T11", enterprise_id: "E1" }, user: { team_id: "T11" } },
		"T11",
		"E1",
	],
	[
		"a form that a stranger opened in a shared channel",
		{ team: { id: "T2" }, user: { team_id: "T2" }, view: { app_installed_team_id: "T1" } },
		"T1",
		null,
	],
	["wrong types", { team_id: 1, team: "T1", authorizations: "x", view: [], user: null, context_team_id: {} }, null, null],
	["an id as long as a book", { team_id: `T${"1".repeat(100)}` }, null, null],
	["nothing", null, null, null],
	["a text", "T1", null, null],
];
for (const [what, body, team, enterprise] of ROWS)
	test(`a request of Slack's belongs to its installation: ${what}`, () => {
		const { isByPerson, ...origin } = originOf(body);
		assert.deepEqual(origin, { team, enterprise });
		assert.equal(isByPerson, what === "a button of an organization's installation");
	});
