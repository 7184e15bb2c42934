import { Conversation, PLAIN, recording, request, response } from "../packets.ts";
import { rayAt } from "./edge.ts";

/** A recording of packets between a proxy and an application. */
interface Recorded {
	readonly pcap: Buffer;
	/** Ray IDs of the requests that failed. */
	readonly failed: readonly string[];
}

/**
 * What tcpdump would have recorded in front of `one-in-a-hundred`: each request on a connection of its own, and every hundredth is closed
 * without a byte. Written packet by packet, because recording needs privileges.
 * @param untilMs of the last request, Unix milliseconds
 */
export function oneInAHundred(host: string, requests: number, untilMs: number): Recorded {
	const failed: string[] = [];
	const frames = Array.from({ length: requests }, (_, nth) => {
		const atMs = untilMs - (requests - nth) * 200;
		const ray = rayAt(atMs);
		const on = new Conversation({ atMs, clientPort: 20_000 + nth })
			.open()
			.client(request("/", `${ray}-DFW`).replace("shop.example", host))
			.wait(8 + (nth % 7));
		if (nth % 100 !== 99) return on.server(response("x".repeat(900))).fin("server").frames;
		failed.push(ray);
		return on.fin("server").frames;
	});
	return {
		pcap: recording(
			frames.flat().sort((a, b) => a.atMs - b.atMs),
			PLAIN,
		),
		failed,
	};
}
