import { generate } from "selfsigned";

export interface Certificates {
	/** PEM of the laboratory's own authority. */
	readonly ca: string;
	/** For *.lab.example, signed by it. */
	readonly edge: Pair;
	/** Self-signed, for no name that anybody asks for. */
	readonly untrusted: Pair;
	/** Signed by the laboratory's authority, for another name. */
	readonly otherName: Pair;
	/** For *.lab.example, and not valid any more. */
	readonly expired: Pair;
	/** For *.lab.example, by an authority that calls itself as Cloudflare's Origin CA does and that nobody here knows. */
	readonly originCa: Pair;
	/** The same authority, for another name. */
	readonly originCaOtherName: Pair;
}

interface Pair {
	readonly key: string;
	readonly cert: string;
}

/** Fresh certificates, valid for a day, made in memory: nothing of this is ever on disk. */
export async function makeCertificates(): Promise<Certificates> {
	const notAfterDate = new Date(Date.now() + 86_400_000);
	const common = { keyType: "ec", curve: "P-256", algorithm: "sha256", notAfterDate } as const;
	const ca = await generate([{ name: "commonName", value: "cf520 laboratory CA" }], {
		...common,
		extensions: [
			{ name: "basicConstraints", cA: true, critical: true },
			{ name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
		],
	});
	const signed = async (names: readonly string[], by: { private: string; cert: string }, until = notAfterDate) => {
		const made = await generate([{ name: "commonName", value: names[0] ?? "" }], {
			...common,
			notBeforeDate: new Date(until.getTime() - 2 * 86_400_000),
			notAfterDate: until,
			ca: { key: by.private, cert: by.cert },
			extensions: [
				{ name: "basicConstraints", cA: false },
				{ name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
			],
		});
		return { key: made.private, cert: made.cert };
	};
	const lab = ["lab.example", "*.lab.example"];
	const origin = await generate(
		[
			{ name: "organizationName", value: "CloudFlare, Inc." },
			{ name: "commonName", value: "CloudFlare Origin SSL Certificate Authority" },
		],
		{ ...common, extensions: [{ name: "basicConstraints", cA: true, critical: true }] },
	);
	const untrusted = await generate([{ name: "commonName", value: "untrusted.invalid" }], common);
	return {
		ca: ca.cert,
		edge: await signed(lab, ca),
		untrusted: { key: untrusted.private, cert: untrusted.cert },
		otherName: await signed(["other.example"], ca),
		expired: await signed(lab, ca, new Date(Date.now() - 86_400_000)),
		originCa: await signed(lab, origin),
		originCaOtherName: await signed(["other.example"], origin),
	};
}
