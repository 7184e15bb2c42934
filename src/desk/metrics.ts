import type { Observation } from "../looks/observation.ts";
import type { CallResult } from "../services/call.ts";

/** Third parties that are asked. */
export const SERVICE_NAMES = ["status", "globalping", "cloudflare"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What is counted for operators: numbers and fixed words only, never what people wrote or where they looked. */
export interface Metrics {
	/** A question or button came to its end. */
	question(platform: string, kind: string, outcome: string): void;
	/** From the arrival of something to its acknowledgement. */
	acknowledged(platform: string, seconds: number): void;
	look(one: Observation): void;
	verdict(kind: string, code: number | null): void;
	refused(why: string): void;
	reconnected(platform: string): void;
	/** A third party was sent one request. */
	serviceCalled(service: ServiceName, result: CallResult): void;
	/** So many questions that another process left are ours now. */
	takenOver(count: number): void;
	/**
	 * One call of the store that several processes share, which answered.
	 * @param op port and method
	 */
	storeCalled(op: string, seconds: number): void;
}

export const noMetrics: Metrics = {
	question: () => {},
	acknowledged: () => {},
	look: () => {},
	verdict: () => {},
	refused: () => {},
	reconnected: () => {},
	serviceCalled: () => {},
	takenOver: () => {},
	storeCalled: () => {},
};
