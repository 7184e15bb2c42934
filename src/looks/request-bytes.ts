import {
	END_HEADERS,
	END_STREAM,
	FRAME_ANNOUNCED_BYTES,
	FRAME_HEAD_BYTES,
	HEADERS,
	SETTINGS,
	STREAM,
	WINDOW_UPDATE,
} from "../read/wire/h2-frames.ts";
import { RECEIVED_MAX_BYTES } from "./raw-connection.ts";

/** One HTTP/1.1 request as bytes. Values are ours or went through the URL parser: no line end can be in them. */
export function http1Request(method: string, path: string, fields: readonly (readonly [string, string])[]): Buffer {
	return Buffer.from(
		`${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
		"latin1",
	);
}

/** RFC 7541 §5.1, §5.2: a string without Huffman coding. */
function hpackString(text: string): Buffer {
	const bytes = Buffer.from(text, "latin1");
	const prefix: number[] = [];
	if (bytes.length < 127) prefix.push(bytes.length);
	else {
		prefix.push(127);
		let rest = bytes.length - 127;
		for (; rest >= 128; rest = Math.floor(rest / 128)) prefix.push((rest % 128) + 128);
		prefix.push(rest);
	}
	return Buffer.concat([Buffer.from(prefix), bytes]);
}

/**
 * Connection preface and one request on stream 1 (RFC 9113 §3.4, §8.3.1): no push, frames up to 64 KiB, windows so wide that no update
 * is needed; as Cloudflare's open-source proxy announces itself (pingora-core/src/connectors/http/v2.rs:580-592).
 */
export function http2Request(
	method: string,
	scheme: string,
	authority: string,
	path: string,
	fields: readonly (readonly [string, string])[],
): Buffer {
	const setting = (id: number, value: number) => {
		const bytes = Buffer.alloc(6);
		bytes.writeUInt16BE(id, 0);
		bytes.writeUInt32BE(value, 2);
		return bytes;
	};
	const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
		const head = Buffer.alloc(FRAME_HEAD_BYTES);
		head.writeUIntBE(payload.length, 0, 3);
		head[3] = type;
		head[4] = flags;
		head.writeUInt32BE(stream, 5);
		return Buffer.concat([head, payload]);
	};
	const window = Buffer.alloc(4);
	window.writeUInt32BE(RECEIVED_MAX_BYTES * 2);
	const pairs: (readonly [string, string])[] = [
		[":method", method],
		[":scheme", scheme],
		[":authority", authority],
		[":path", path],
		...fields.map(([name, value]) => [name.toLowerCase(), value] as const),
	];
	const block = Buffer.concat(
		pairs.map(([name, value]) => Buffer.concat([Buffer.from([0]), hpackString(name), hpackString(value)])),
	);
	return Buffer.concat([
		Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1"),
		frame(SETTINGS, 0, 0, Buffer.concat([setting(2, 0), setting(4, RECEIVED_MAX_BYTES * 2), setting(5, FRAME_ANNOUNCED_BYTES)])),
		frame(WINDOW_UPDATE, 0, 0, window),
		frame(HEADERS, END_STREAM | END_HEADERS, STREAM, block),
	]);
}
