import type { Ray } from "./decode.ts";

/** How several Ray IDs lie over data centers, machines and time. Counts only; what it proves is the reply's to say. */
interface RaySpread {
	readonly rays: number;
	/** Known codes with their counts, most first. */
	readonly colos: readonly { readonly colo: string; readonly rays: number }[];
	/** Rays whose text gave no code. */
	readonly withoutColo: number;
	readonly firstMs: number;
	readonly lastMs: number;
	/** Groups of two or more rays that passed the same Cloudflare server: same last four digits and data center within a day (measured). */
	readonly sameMachine: readonly { readonly machine: string; readonly rays: number }[];
}

const SAME_MACHINE_WITHIN_MS = 24 * 60 * 60 * 1000;

/** @param rays at least one */
export function spreadOf(rays: readonly [Ray, ...Ray[]]): RaySpread {
	const times = rays.map((ray) => ray.receivedAtMs);
	const colos = new Map<string, number>();
	const machines = new Map<string, Ray[]>();
	for (const ray of rays) {
		if (ray.colo !== null) colos.set(ray.colo, (colos.get(ray.colo) ?? 0) + 1);
		const key = `${ray.machine} ${ray.colo ?? ""}`;
		machines.set(key, [...(machines.get(key) ?? []), ray]);
	}
	const near = (group: readonly Ray[]) =>
		group.filter((ray) =>
			group.some((other) => other !== ray && Math.abs(other.receivedAtMs - ray.receivedAtMs) <= SAME_MACHINE_WITHIN_MS),
		).length;
	return {
		rays: rays.length,
		colos: [...colos].map(([colo, count]) => ({ colo, rays: count })).sort((a, b) => b.rays - a.rays),
		withoutColo: rays.filter((ray) => ray.colo === null).length,
		firstMs: times.reduce((a, b) => Math.min(a, b)),
		lastMs: times.reduce((a, b) => Math.max(a, b)),
		sameMachine: [...machines]
			.map(([machine, group]) => ({ machine: machine.slice(0, 4), rays: near(group) }))
			.filter((group) => group.rays > 1),
	};
}
