import { generate } from "selfsigned";

export interface Certificates {
	/** PEM of the laboratory's own authority. */
	readonly ca: string;
	/** For *.lab.example, signed by it. */
	readonly edge: { readonly key: string; readonly cert: string };
	/** Self-signed, for no name that anybody asks for. */
	readonly untrusted: { readonly key: string; readonly cert: string };
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
	const edge = await generate([{ name: "commonName", value: "lab.example" }], {
		...common,
		ca: { key: ca.private, cert: ca.cert },
		extensions: [
			{ name: "basicConstraints", cA: false },
			{
				name: "subjectAltName",
				altNames: [
					{ type: 2, value: "*.lab.example" },
					{ type: 2, value: "lab.example" },
				],
			},
		],
	});
	const untrusted = await generate([{ name: "commonName", value: "untrusted.invalid" }], common);
	return {
		ca: ca.cert,
		edge: { key: edge.private, cert: edge.cert },
		untrusted: { key: untrusted.private, cert: untrusted.cert },
	};
}
