import { brotliDecompressSync, gunzipSync, inflateSync, constants as zlib } from "node:zlib";
import { codeOf } from "../error.ts";
import { stripped } from "../stripped.ts";
import { ASCII_WHITE_SPACE } from "./framing.ts";

/** Enough for any error page; a bomb stops here. */
const DECODED_MAX_BYTES = 512 * 1024;

/**
 * Takes content codings off as far as that goes (RFC 9110 §8.4). Pure and bounded.
 * @param coding value of Content-Encoding, "" for none
 * @returns the bytes as they are when the coding is unknown or broken
 */
export function decodeContent(content: Uint8Array, coding: string): Uint8Array {
	const options = { maxOutputLength: DECODED_MAX_BYTES, finishFlush: zlib.Z_SYNC_FLUSH };
	try {
		switch (stripped(coding, ASCII_WHITE_SPACE).toLowerCase()) {
			case "gzip":
			case "x-gzip":
				return gunzipSync(content, options);
			case "deflate":
				return inflateSync(content, options);
			case "br":
				return brotliDecompressSync(content, { maxOutputLength: DECODED_MAX_BYTES, finishFlush: zlib.BROTLI_OPERATION_FLUSH });
			default:
				return content;
		}
	} catch {
		return content;
	}
}

/** The content is not in the coding that it claims: a decoder fails on it. Content of a coding that we do not know is taken for right. */
export function contentCodingBroken(content: Uint8Array, coding: string): boolean {
	const options = { maxOutputLength: DECODED_MAX_BYTES };
	try {
		switch (stripped(coding, ASCII_WHITE_SPACE).toLowerCase()) {
			case "gzip":
			case "x-gzip":
				gunzipSync(content, options);
				break;
			case "deflate":
				inflateSync(content, options);
				break;
			case "br":
				brotliDecompressSync(content, options);
				break;
		}
		return false;
	} catch (error) {
		// Content over our bound is not a fault.
		return codeOf(error) !== "ERR_BUFFER_TOO_LARGE";
	}
}
