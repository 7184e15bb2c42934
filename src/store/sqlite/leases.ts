import type { Leases } from "../../desk/stores.ts";
import type { Connection } from "./database.ts";
import type { Replica } from "./replica.ts";

export function leasesIn({ sql }: Connection, { id: ours, alone }: Replica, now: () => number): Leases {
	return {
		hold: async (name, ms) => {
			const at = now();
			// What a process before this one held is free: the file is ours alone.
			const { changes } = sql(
				"INSERT INTO leases (name, owner, until_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_at = excluded.until_at WHERE owner = ?2 OR until_at <= ?4 OR ?5",
			).run(name, ours, at + ms, at, alone ? 1 : 0);
			return changes === 1;
		},
		drop: async (name) => void sql("DELETE FROM leases WHERE name = ? AND owner = ?").run(name, ours),
	};
}
