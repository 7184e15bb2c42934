import type { Stores } from "../src/desk/stores.ts";

/** Stores of workspaces whose admins allow everyone there to check the origins of these hosts. */
export const allowingOrigins = (stores: Stores, ...openOrigins: readonly string[]): Stores => ({
	...stores,
	policies: { ...stores.policies, of: async (workspace) => ({ ...(await stores.policies.of(workspace)), openOrigins }) },
});
