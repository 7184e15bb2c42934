import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isFinding } from "../../src/knowledge/findings/list.ts";
import { FARM, Farm, lackingOf } from "./farm.ts";
import { judged } from "./judged.ts";
import { TABLE } from "./table.ts";
import { wrongIn } from "./wrong.ts";

/** Every row of the table, at the real server. See README.md in this folder. */

it("the table names findings that exist, and every server", () => {
	const named = TABLE.flatMap(({ expected }) => [...expected.says, ...expected.may]);
	assert.deepEqual([...new Set(named.filter((id) => !isFinding(id)))], []);
	assert.deepEqual([...new Set(TABLE.map((row) => row.server))].sort(), [...FARM].sort());
});

describe("real servers, failing and healthy", { concurrency: 6 }, () => {
	let farm: Farm;
	before(async () => {
		farm = await Farm.open();
	});
	after(() => farm.close());

	for (const server of FARM) {
		const lacking = lackingOf(server);
		describe(server, {
			concurrency: 1,
			...(lacking.length === 0 ? {} : { skip: `not installed: ${lacking.join(", ")}` }),
		}, () => {
			for (const row of TABLE.filter((one) => one.server === server))
				it(`${server}, ${row.scheme} at ${row.port}: ${row.does} (${row.path})`, async () => {
					await farm.start(server);
					const port = farm.port(server, row.port);
					const seen = await judged(row.scheme, port, row.path, {
						authority: farm.authority,
						limitMs: row.limitMs,
						asker: server,
					});
					assert.deepEqual(wrongIn(row.expected, seen), [], seen.looks);
				});
		});
	}
});
