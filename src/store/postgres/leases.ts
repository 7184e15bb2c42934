import type { Leases } from "../../desk/stores.ts";
import type { Database } from "./database.ts";
import type { Replica } from "./replica.ts";

const HOLD = `INSERT INTO leases (name, owner, until_at) VALUES ($1, $2, cf520_now() + $3::bigint) ON CONFLICT (name)
	DO UPDATE SET owner = excluded.owner, until_at = excluded.until_at WHERE leases.owner = $2 OR leases.until_at <= cf520_now()`;

export const leasesIn = ({ sql }: Database, { id: ours }: Replica): Leases => ({
	hold: async (name, ms) => (await sql(HOLD, name, ours, Math.round(ms))).changes === 1,
	drop: async (name) => void (await sql("DELETE FROM leases WHERE name = $1 AND owner = $2", name, ours)),
});
