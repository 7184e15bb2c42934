import type { Install, Installs } from "../../desk/stores.ts";
import { namesIn, sealedAt } from "../names.ts";
import { readInstall } from "../rows.ts";
import { type Connection, textOf } from "./database.ts";

/** @param checkpoint what was deleted leaves the write-ahead log */
export function installsIn({ sql, vault }: Connection, checkpoint: () => void): Installs {
	const names = namesIn(vault);
	const rowOf = (platform: string, id: string) => names.install(`${platform}\0${id}`);
	const opened = (row: Readonly<Record<string, unknown>> | undefined): Install | null =>
		row === undefined ? null : readInstall(vault.open(sealedAt("installs", textOf(row.id) ?? ""), row.body));
	return {
		get: async (platform, id) => opened(sql("SELECT id, body FROM installs WHERE id = ?").get(rowOf(platform, id))),
		put: async (one) => {
			const row = rowOf(one.platform, one.id);
			sql(
				"INSERT INTO installs (id, platform, at, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at, body = excluded.body WHERE installs.at <= excluded.at",
			).run(row, one.platform, one.atMs, vault.seal(sealedAt("installs", row), JSON.stringify(one)));
			checkpoint();
		},
		remove: async (platform, id, untilMs) => {
			const { changes } = sql("DELETE FROM installs WHERE id = ? AND at <= ?").run(rowOf(platform, id), untilMs);
			checkpoint();
			return changes === 1;
		},
		all: async (platform, max) =>
			sql("SELECT id, body FROM installs WHERE platform = ? ORDER BY at DESC, id LIMIT ?")
				.all(platform, max)
				.flatMap((row) => opened(row) ?? []),
	};
}
