import { scrypt } from "node:crypto";
import type { Access, AccessOwner, Unreadable } from "../desk/stores.ts";
import { sealedAt } from "./names.ts";
import { readAccessState } from "./rows.ts";
import type { Vault } from "./seal.ts";

/** The name of what holds the salt for workspaces, which is the same for every process. */
export const SALT_MARK = "accesses salt";
/** RFC 7914: slow on purpose, because a workspace's id is short; once a workspace and process. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const OWNER_BYTES = 16;
const OWNERS_MAX = 1_000;

type Row = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Columns of a sealed access, in the order in which they are inserted. */
export const ACCESS_COLUMNS = "owner, platform, zone, zone_id, zone_name, sealed, token_id, by, at, state";

/** Rows of accesses, sealed with the key from outside. The rows of a workspace are found with any key, so that one that does not open is told. */
export interface AccessRows {
	/** What the rows of a workspace are found by. */
	ownerOf(of: AccessOwner): Promise<string>;
	/** The row's own name of a zone. */
	zoneIn(owner: AccessOwner, zoneId: string): string;
	opened(row: Row, owner: AccessOwner): Access | Unreadable;
	/** Of {@link ACCESS_COLUMNS}. */
	valuesOf(access: Access, name: string): readonly (string | number)[];
}

/** By the name of their zone. */
export const byZone = (all: readonly (Access | Unreadable)[]): (Access | Unreadable)[] => {
	const nameOf = (one: Access | Unreadable) => ("unreadable" in one ? "" : one.zoneName);
	return all.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
};

/** @param salt hexadecimal; the same at every call and in every process */
export function accessRowsIn(vault: Vault, salt: () => Promise<string>): AccessRows {
	const owners = new Map<string, Promise<string>>();
	const derived = async (text: string): Promise<string> => {
		const bytes = Buffer.from(await salt(), "hex");
		return new Promise((resolve, reject) =>
			scrypt(text, bytes, OWNER_BYTES, COST, (error, key) => (error === null ? resolve(key.toString("hex")) : reject(error))),
		);
	};
	/** What it is sealed for: the column, the platform, the workspace and the zone. */
	const at = (column: string, { platform, workspace }: AccessOwner, zone: string) =>
		sealedAt("accesses", `${column}\0${platform}\0${workspace}\0${zone}`);
	const zoneIn = (owner: AccessOwner, zoneId: string) => vault.hash("zone", `${owner.platform}\0${owner.workspace}\0${zoneId}`);
	return {
		ownerOf: ({ platform, workspace }) => {
			const text = `${platform}\0${workspace}`;
			const known = owners.get(text);
			if (known !== undefined) return known;
			const made = derived(text);
			owners.set(text, made);
			const [oldest] = owners.keys();
			if (owners.size > OWNERS_MAX && oldest !== undefined) owners.delete(oldest);
			made.catch(() => owners.delete(text));
			return made;
		},
		zoneIn,
		opened: (row, owner) => {
			const zone = textOf(row.zone) ?? "";
			const read = (column: string) => vault.open(at(column, owner, zone), row[column]);
			const [token, zoneName, zoneId] = [read("sealed"), read("zone_name"), read("zone_id")];
			const [by, details] = [read("by"), read("token_id")];
			const state = readAccessState(row.state);
			if (token === null || zoneName === null || zoneId === null || by === null || details === null || state === null)
				return { unreadable: true };
			const [tokenId = "", plan = ""] = details.split("\0");
			return {
				platform: owner.platform,
				workspace: owner.workspace,
				zoneId,
				zoneName,
				token,
				tokenId: tokenId === "" ? null : tokenId,
				plan: plan === "" ? null : plan,
				by,
				atMs: Number(row.at),
				state,
			};
		},
		valuesOf: (access, name) => {
			const zone = zoneIn(access, access.zoneId);
			const seal = (column: string, text: string) => vault.seal(at(column, access, zone), text);
			return [
				name,
				access.platform,
				zone,
				seal("zone_id", access.zoneId),
				seal("zone_name", access.zoneName),
				seal("sealed", access.token),
				seal("token_id", `${access.tokenId ?? ""}\0${access.plan ?? ""}`),
				seal("by", access.by),
				access.atMs,
				JSON.stringify(access.state),
			];
		},
	};
}
