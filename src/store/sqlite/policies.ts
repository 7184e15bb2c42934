import type { Policies } from "../../desk/stores.ts";
import { DEFAULT_POLICY, type Policy } from "../../read/policy.ts";
import { readPolicy } from "../rows.ts";
import { changeNow } from "./changed.ts";
import { type Connection, textOf } from "./database.ts";

/** What is decided in a workspace, read at once. */
export function policyOf({ sql }: Connection, workspace: string | null): Policy {
	if (workspace === null) return DEFAULT_POLICY;
	return readPolicy(sql("SELECT body FROM policies WHERE workspace = ?").get(workspace)?.body) ?? DEFAULT_POLICY;
}

/** @param changed called after every change */
export function policiesIn(connection: Connection, changed: () => void): Policies {
	const { sql } = connection;
	return {
		of: async (workspace) => policyOf(connection, workspace),
		change: async (workspace, work) => {
			const result = changeNow(
				() => {
					const body = textOf(sql("SELECT body FROM policies WHERE workspace = ?").get(workspace)?.body);
					return { value: readPolicy(body) ?? DEFAULT_POLICY, version: body };
				},
				(after, body) =>
					sql(
						"INSERT INTO policies (workspace, body) VALUES (?1, ?2) ON CONFLICT (workspace) DO UPDATE SET body = excluded.body WHERE body IS ?3",
					).run(workspace, JSON.stringify(after), body).changes === 1,
				work,
			);
			if (result.after !== result.before) changed();
			return result;
		},
	};
}
