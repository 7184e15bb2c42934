import { ACCESSES_MAX, type Access, type Accesses } from "../desk/stores.ts";

/** With what only the store itself calls. */
export interface KeptAccesses extends Accesses {
	/** Those of a workspace to zones of this name or below it. */
	forget(workspace: string, host: string): Promise<void>;
}

/** Whether a zone is of this name or below it. */
export const isOfHost = (zoneName: string, host: string): boolean => zoneName === host || zoneName.endsWith(`.${host}`);

/** Gone with the process, and in no file. */
export function memoryAccesses(): KeptAccesses {
	let all: readonly Access[] = [];
	const removed = (isIt: (one: Access) => boolean): number => {
		const before = all.length;
		all = all.filter((one) => !isIt(one));
		return before - all.length;
	};
	return {
		durable: false,
		of: async ({ platform, workspace }) =>
			all
				.filter((one) => one.platform === platform && one.workspace === workspace)
				.sort((a, b) => a.zoneName.localeCompare(b.zoneName)),
		put: async (access) => {
			const isSame = (one: Access) => one.platform === access.platform && one.workspace === access.workspace;
			const others = all.filter((one) => isSame(one) && one.zoneId !== access.zoneId);
			if (others.length >= ACCESSES_MAX) return false;
			all = [...all.filter((one) => !(isSame(one) && one.zoneId === access.zoneId)), access];
			return true;
		},
		note: async ({ platform, workspace, zoneId, atMs }, state) => {
			all = all.map((one) =>
				one.platform === platform && one.workspace === workspace && one.zoneId === zoneId && one.atMs === atMs
					? { ...one, state }
					: one,
			);
		},
		remove: async ({ platform, workspace }, zoneName) =>
			removed((one) => one.platform === platform && one.workspace === workspace && one.zoneName === zoneName),
		removeAll: async ({ platform, workspace }, untilMs) =>
			removed((one) => one.platform === platform && one.workspace === workspace && one.atMs <= untilMs),
		forget: async (workspace, host) => void removed((one) => one.workspace === workspace && isOfHost(one.zoneName, host)),
	};
}
