import { FARM, Farm, type FarmName, lackingOf } from "./farm.ts";
import { judged } from "./judged.ts";
import { TABLE } from "./table.ts";
import { wrongIn } from "./wrong.ts";

/** `npm run servers:table [-- SERVER …]`: every row with what was seen of it, and at the end how many were right. Fails when one was wrong. */

const [...wanted] = process.argv.slice(2);
const names = FARM.filter((name) => wanted.length === 0 || wanted.includes(name));
const say = (line: string) => process.stdout.write(`${line}\n`);
const counts = { right: 0, wrong: 0, falseAlarms: 0 };

const farm = await Farm.open();
const oneServer = async (server: FarmName): Promise<void> => {
	for (const row of TABLE.filter((one) => one.server === server)) {
		await farm.start(server);
		const port = farm.port(server, row.port);
		const seen = await judged(row.scheme, port, row.path, { authority: farm.authority, limitMs: row.limitMs, asker: server });
		const wrong = wrongIn(row.expected, seen);
		counts[wrong.length === 0 ? "right" : "wrong"] += 1;
		const isHealthy = row.expected.codes.includes(null) && row.expected.says.length === 0;
		if (wrong.length > 0 && isHealthy) counts.falseAlarms += 1;
		const alarms = [...seen.alarms].map(([id, looks]) => `${id} (${looks.join(", ")})`).join(", ");
		const what = `${server} ${row.scheme}@${row.port} ${row.path} · ${row.does}`;
		say(
			`${wrong.length === 0 ? "right" : "WRONG"} · ${what} · ${seen.direct}, ${seen.code ?? "no code"}, ${seen.cause ?? "no cause"} · ${alarms || "nothing"}`,
		);
		for (const line of wrong) say(`      ${line}`);
		if (wrong.length > 0) say(`      ${seen.looks}`);
	}
};
// Several servers at a time; the rows of one server one after the other, since some of them end it.
const AT_ONCE = 4;
const queue = names.filter((name) => {
	const lacking = lackingOf(name);
	if (lacking.length > 0) say(`NOT RUN · ${name} · not installed: ${lacking.join(", ")}`);
	return lacking.length === 0;
});
try {
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			for (let next = queue.shift(); next !== undefined; next = queue.shift()) await oneServer(next);
		}),
	);
} finally {
	await farm.close();
}
say(`${counts.right} right, ${counts.wrong} wrong, of these ${counts.falseAlarms} false alarms on healthy servers`);
process.exitCode = counts.wrong === 0 ? 0 : 1;
