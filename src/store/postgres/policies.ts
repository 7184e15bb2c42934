import type { Policies } from "../../desk/stores.ts";
import { DEFAULT_POLICY, type Policy } from "../../read/policy.ts";
import { namesIn, sealedAt } from "../names.ts";
import { readPolicy } from "../rows.ts";
import type { Vault } from "../seal.ts";
import { changeNow } from "./changed.ts";
import type { Database } from "./database.ts";
import { textOf } from "./query.ts";

/**
 * What is decided in a workspace.
 * @param name the workspace's, as the database has it
 */
export const policyOf = (vault: Vault, name: string, body: unknown): Policy =>
	readPolicy(vault.open(sealedAt("policies", name), body)) ?? DEFAULT_POLICY;

/** @param changed called after every change */
export function policiesIn({ sql }: Database, vault: Vault, changed: (name: string, after: Policy) => Promise<void>): Policies {
	const names = namesIn(vault);
	const bodyOf = async (name: string) =>
		textOf((await sql("SELECT body FROM policies WHERE workspace = $1", name)).rows[0]?.body);
	return {
		of: async (workspace) => {
			if (workspace === null) return DEFAULT_POLICY;
			const name = names.workspace(workspace);
			return policyOf(vault, name, await bodyOf(name));
		},
		change: async (workspace, work) => {
			const name = names.workspace(workspace);
			const result = await changeNow(
				async () => {
					const body = await bodyOf(name);
					return { value: policyOf(vault, name, body), version: body };
				},
				async (after, body) => {
					const sealed = vault.seal(sealedAt("policies", name), JSON.stringify(after));
					// What was deleted in between is not brought back.
					const { changes } =
						body === null
							? await sql(
									"INSERT INTO policies (workspace, body) VALUES ($1, $2) ON CONFLICT (workspace) DO NOTHING",
									name,
									sealed,
								)
							: await sql("UPDATE policies SET body = $2 WHERE workspace = $1 AND body = $3", name, sealed, body);
					return changes === 1;
				},
				work,
			);
			if (result.after !== result.before) await changed(name, result.after);
			return result;
		},
	};
}
