/**
 * What hyperium/h2 0.4.18 with Pingora's settings makes of one stream, written down once more: simple, over frames that are already
 * apart, and nothing of `src` in it. The rules were run against the library.
 */

export type Field = readonly [name: string, value: string];

/** One frame as a test means it. `bytes` is what goes over the wire. */
export type Meant = { readonly bytes: Buffer } & (
	| {
			readonly type: "headers";
			readonly stream: number;
			readonly fields: readonly Field[];
			readonly ends: boolean;
			readonly dependsOn?: number;
	  }
	| { readonly type: "data"; readonly stream: number; readonly length: number; readonly ends: boolean }
	| { readonly type: "settings"; readonly stream: number; readonly pairs: readonly (readonly [id: number, value: number])[] }
	| { readonly type: "ack"; readonly stream: number }
	| { readonly type: "ping"; readonly stream: number; readonly length: number }
	| { readonly type: "window"; readonly stream: number; readonly increment: number }
	| { readonly type: "priority"; readonly stream: number; readonly dependsOn: number }
	| { readonly type: "reset"; readonly stream: number; readonly code: number }
	| { readonly type: "goaway"; readonly last: number; readonly code: number }
	| { readonly type: "push" }
	| { readonly type: "unknown" }
);

export type Verdict = "accepts" | "rejects" | "truncates" | "waits";

const CONNECTION = ["connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection"];
const NAME = /^[a-z0-9!"#$%&'*+.^_`|~-]+$/;

/** Nothing in a header block may be like this, whatever the block is for. */
function broken(fields: readonly Field[]): boolean {
	const names = fields.map(([name]) => name);
	return fields.some(([name, value], nth) => {
		if (name === ":status") {
			if (!/^[1-9][0-9][0-9]$/.test(value)) return true;
		} else if (name.startsWith(":")) {
			if (![":method", ":path", ":scheme", ":authority"].includes(name)) return true;
		} else if (!NAME.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) return true;
		if (CONNECTION.includes(name) || (name === "te" && value !== "trailers")) return true;
		// Pseudo-fields come first, and each once.
		return name.startsWith(":") && (names.indexOf(name) !== nth || names.slice(0, nth).some((one) => !one.startsWith(":")));
	});
}

/**
 * @param frames those of which every byte came
 * @returns what the proxy does, and whether the server only asks for HTTP/1.1
 */
export function streamVerdict(
	frames: readonly Meant[],
	ending: "fin" | "reset" | "deadline",
	method: "GET" | "HEAD",
): { readonly verdict: Verdict; readonly asks: boolean } {
	let head = false;
	let promised: number | null = null;
	let content = 0;
	let acknowledged = false;
	let window = 65_535;
	let last = 2 ** 31 - 1;
	let empty = 0;
	/** Streams that the library has reset, and with them those below. */
	const known = { odd: 1, even: 0 };
	const idle = (stream: number) => stream !== 0 && stream > (stream % 2 === 0 ? known.even : known.odd);
	/** The library resets it: from then on frames on it are for a stream that is over. */
	const resets = (stream: number) => {
		if (stream % 2 === 0) known.even = Math.max(known.even, stream);
		else known.odd = Math.max(known.odd, stream);
	};
	const failed = (asks = false) => ({ verdict: head ? ("truncates" as const) : ("rejects" as const), asks: asks && !head });
	const accepted = { verdict: "accepts" as const, asks: false };
	for (const frame of frames) {
		switch (frame.type) {
			case "settings":
				if (frame.stream !== 0) return failed();
				for (const [id, value] of frame.pairs)
					if (
						(id === 2 && value > 1) ||
						(id === 4 && value > 2 ** 31 - 1) ||
						(id === 8 && value > 1) ||
						(id === 5 && (value < 16_384 || value > 16_777_215))
					)
						return failed();
				break;
			case "ack":
				if (frame.stream !== 0 || acknowledged) return failed();
				acknowledged = true;
				break;
			case "ping":
				if (frame.stream !== 0 || frame.length !== 8) return failed();
				break;
			case "window":
				if (frame.increment === 0 || idle(frame.stream)) return failed();
				if (frame.stream === 0) window += frame.increment;
				if (window > 2 ** 31 - 1) return failed();
				break;
			case "priority":
				if (frame.stream === 0 || (frame.dependsOn === 1 && frame.stream === 1)) return failed();
				if (frame.dependsOn === frame.stream) resets(frame.stream);
				break;
			case "reset":
				if (frame.stream === 0 || idle(frame.stream)) return failed();
				if (frame.stream === 1) return failed(frame.code === 13);
				break;
			case "goaway":
				if (frame.last > last) return failed();
				last = frame.last;
				// A last stream that is ours or higher decides nothing, whatever the error.
				if (last < 1) return failed(frame.code === 13);
				break;
			case "push":
				return failed();
			case "unknown":
				break;
			case "headers": {
				if (frame.stream === 0) return failed();
				if (frame.dependsOn === frame.stream) {
					if (frame.stream === 1) return failed();
					resets(frame.stream);
					break;
				}
				if (broken(frame.fields)) return failed();
				if (frame.stream !== 1) {
					if (idle(frame.stream)) return failed();
					break;
				}
				if (head) {
					// Trailers end the stream; a status in them is not looked at.
					return frame.ends && (promised === null || promised === content) ? accepted : failed();
				}
				const status = Number(frame.fields.find(([name]) => name === ":status")?.[1] ?? 200);
				const length = method === "HEAD" ? undefined : frame.fields.find(([name]) => name === "content-length")?.[1];
				if (length !== undefined) {
					if (!/^[0-9]{0,19}$/.test(length)) return failed();
					// It stays in force, also that of an interim response; nothing is read as 0.
					promised = Number(length);
					if (frame.ends && promised > 0 && status !== 204 && status !== 304) return failed();
				}
				if (status < 200) {
					if (frame.ends) return failed();
					break;
				}
				head = true;
				if (frame.ends) return accepted;
				break;
			}
			case "data": {
				if (frame.stream !== 1) {
					if (frame.stream === 0 || idle(frame.stream)) return failed();
					break;
				}
				if (!head) return failed();
				content += frame.length;
				if ((method === "HEAD" && frame.length > 0) || (promised !== null && content > promised)) return failed();
				if (frame.ends) return promised === null || promised === content ? accepted : failed();
				if (frame.length === 0) empty += 1;
				if (empty > 100) return failed();
				break;
			}
		}
	}
	if (ending === "deadline") return { verdict: head ? "truncates" : "waits", asks: false };
	return failed();
}
