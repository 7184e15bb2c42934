/**
 * One HTTP/2 frame (RFC 9113 §4.1).
 * @param payload text stands for its Latin-1 bytes
 */
export function frame(type: number, flags: number, stream: number, payload: string | Buffer = ""): Buffer {
	const content = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
	const head = Buffer.alloc(9);
	head.writeUIntBE(content.length, 0, 3);
	head.set([type, flags], 3);
	head.writeUInt32BE(stream, 5);
	return Buffer.concat([head, content]);
}
