import { canonicalAddress, unmapped } from "./addresses.ts";
import type { Observation } from "./observation.ts";

/**
 * The look with the origin's own addresses made unreadable, in its bytes and its certificate: servers like to say their own. Length and
 * everything else stay.
 * @param addresses as a person wrote them
 */
export function withoutAddresses(look: Observation, addresses: readonly string[]): Observation {
	if (look.kind === "unreached") return look;
	const spelt = [
		...new Set(addresses.flatMap((address) => [address, address.toLowerCase(), canonicalAddress(address), unmapped(address)])),
	];
	const bytes = new Uint8Array(look.bytes);
	const view = Buffer.from(bytes.buffer);
	for (const address of spelt) {
		const text = Buffer.from(address, "latin1");
		for (let at = view.indexOf(text); at >= 0; at = view.indexOf(text, at + 1)) view.fill(0x2a, at, at + text.length);
	}
	const hidden = (text: string) => spelt.reduce((out, address) => out.replaceAll(address, "*".repeat(address.length)), text);
	const { tls } = look;
	if (tls?.certificate == null) return { ...look, bytes };
	const { subject, issuer, names } = tls.certificate;
	const certificate = { ...tls.certificate, subject: hidden(subject), issuer: hidden(issuer), names: names.map(hidden) };
	return { ...look, bytes, tls: { ...tls, certificate } };
}
