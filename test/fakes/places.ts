import type { Globalping, Measurement, Trouble } from "../../src/services/globalping.ts";
import { type Meets, toldOf } from "../told.ts";

/** Other places by script: what each round meets, in order; then all work. Nothing is sent anywhere. */
export interface ScriptedPlaces extends Globalping {
	/** What was asked, in order. */
	readonly calls: string[];
}

export function scriptedPlaces(...rounds: readonly (readonly Meets[] | Trouble)[]): ScriptedPlaces {
	const calls: string[] = [];
	const results = new WeakMap<Measurement, readonly Meets[]>();
	const begin = (call: string): Measurement | Trouble => {
		const nth = calls.push(call) - 1;
		const meets = rounds[nth] ?? Array.from({ length: 8 }, (): Meets => "200");
		if ("kind" in meets) return meets;
		const measurement = { kind: "created", probes: meets.length } as const;
		results.set(measurement, meets);
		return measurement;
	};
	return {
		calls,
		hasToken: false,
		create: async ({ host, path }, { key }) => begin(`create ${host}${path} ${key}`),
		repeat: async () => begin("repeat"),
		read: async (measurement) => toldOf(results.get(measurement) ?? []),
		limits: async () => ({ kind: "allowance", limit: 250, remaining: 250, againMs: 0 }),
	};
}
