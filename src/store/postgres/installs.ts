import type { Install, Installs } from "../../desk/stores.ts";
import { namesIn, sealedAt } from "../names.ts";
import { readInstall } from "../rows.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";
import { textOf } from "./query.ts";

const PUT = `INSERT INTO installs (id, platform, at, body) VALUES ($1, $2, $3, $4)
	ON CONFLICT (id) DO UPDATE SET at = excluded.at, body = excluded.body WHERE installs.at <= excluded.at`;

export function installsIn({ sql }: Database, vault: Vault): Installs {
	const names = namesIn(vault);
	const rowOf = (platform: string, id: string) => names.install(`${platform}\0${id}`);
	const opened = (row: Readonly<Record<string, unknown>> | undefined): Install | null =>
		row === undefined ? null : readInstall(vault.open(sealedAt("installs", textOf(row.id) ?? ""), row.body));
	return {
		get: async (platform, id) => opened((await sql("SELECT id, body FROM installs WHERE id = $1", rowOf(platform, id))).rows[0]),
		put: async (one) => {
			const row = rowOf(one.platform, one.id);
			await sql(PUT, row, one.platform, one.atMs, vault.seal(sealedAt("installs", row), JSON.stringify(one)));
		},
		remove: async (platform, id, untilMs) =>
			(await sql("DELETE FROM installs WHERE id = $1 AND at <= $2", rowOf(platform, id), untilMs)).changes === 1,
		all: async (platform, max) => {
			const found = "SELECT id, body FROM installs WHERE platform = $1 ORDER BY at DESC, id LIMIT $2";
			return (await sql(found, platform, max)).rows.flatMap((row) => opened(row) ?? []);
		},
	};
}
