import type { Policies } from "../../desk/stores.ts";
import { DEFAULT_POLICY, type Policy } from "../../read/policy.ts";
import { namesIn, sealedAt } from "../names.ts";
import { readPolicy } from "../rows.ts";
import { changeNow } from "./changed.ts";
import { type Connection, textOf } from "./database.ts";

/**
 * What is decided in a workspace, read at once.
 * @param name the workspace's, as the file has it
 */
export function policyOf({ sql, vault }: Connection, name: string | null): Policy {
	if (name === null) return DEFAULT_POLICY;
	const body = sql("SELECT body FROM policies WHERE workspace = ?").get(name)?.body;
	return readPolicy(vault.open(sealedAt("policies", name), body)) ?? DEFAULT_POLICY;
}

/** @param changed called after every change */
export function policiesIn(connection: Connection, changed: () => void): Policies {
	const { sql, vault } = connection;
	const names = namesIn(vault);
	return {
		of: async (workspace) => policyOf(connection, names.workspace(workspace)),
		change: async (workspace, work) => {
			const name = names.workspace(workspace);
			const at = sealedAt("policies", name);
			const result = changeNow(
				() => {
					const body = textOf(sql("SELECT body FROM policies WHERE workspace = ?").get(name)?.body);
					return { value: readPolicy(vault.open(at, body)) ?? DEFAULT_POLICY, version: body };
				},
				(after, body) =>
					sql(
						"INSERT INTO policies (workspace, body) VALUES (?1, ?2) ON CONFLICT (workspace) DO UPDATE SET body = excluded.body WHERE body IS ?3",
					).run(name, vault.seal(at, JSON.stringify(after)), body).changes === 1,
				work,
			);
			if (result.after !== result.before) changed();
			return result;
		},
	};
}
