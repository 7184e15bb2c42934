import { findColo } from "../knowledge/colos/colos.ts";
import type { Ray } from "../read/ray/decode.ts";

/** A Ray ID as `--json` and `ray -` give it (DESIGN: contracts). */
export function rayData(ray: Ray) {
	const colo = ray.colo === null ? undefined : findColo(ray.colo);
	return {
		id: ray.id,
		colo: ray.colo,
		city: colo?.city ?? null,
		/** ISO 3166-1 alpha-2. */
		country: colo?.country ?? null,
		receivedAt: new Date(ray.receivedAtMs).toISOString(),
	};
}
