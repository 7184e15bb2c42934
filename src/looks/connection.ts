import { isIP, connect as netConnect, type Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import { codeOf } from "../read/error.ts";
import { canonicalAddress, isCloudflareAddress, unmapped } from "./addresses.ts";
import { type CheckedTarget, isDenied } from "./guard.ts";
import type { CertificateFacts, HandshakeFacts, TlsFacts } from "./observation.ts";
import { TlsRecordReader } from "./tls-records.ts";
import { type Asker, NO_BOUND, NOBODY, openTurns } from "./turns.ts";

/** An open connection to a checked address, secured where the scheme asks for it. Times in ms since `startedMono`. */
export interface Connection {
	readonly socket: Socket | TLSSocket;
	readonly family: 4 | 6;
	readonly cloudflareAddress: boolean;
	readonly connectedMs: number;
	readonly securedMs: number | null;
	readonly tls: TlsFacts | null;
	/** Where it was asked for: what the TLS records say beside the bytes. */
	readonly records: TlsRecordReader | null;
}

interface ConnectionFailure {
	readonly stage: "connect" | "tls" | "certificate";
	readonly code: string;
	readonly connectedMs: number | null;
	/** What came over the wire instead of TLS, its first bytes; empty for nothing. */
	readonly firstBytes: Uint8Array;
	/** Where TLS was tried and its records were looked at. */
	readonly handshake?: HandshakeFacts;
}

const NO_BYTES = new Uint8Array();

/** For whom a look is made, and whether a person waits for it: watches have places of their own. */
export interface LookTurn {
	readonly asker: Asker;
	readonly of: "question" | "watch";
}

interface ConnectOptions {
	/** Whose place the opening takes; a terminal's question by default. */
	readonly turn?: LookTurn;
	/** Ends the waiting and the opening. */
	readonly signal?: AbortSignal;
	/** PEM of certificate authorities to trust besides the built-in ones (laboratories); null for none. */
	readonly ca: string | null;
	/** Go on although a browser would refuse the certificate. */
	readonly insecure: boolean;
	readonly alpn: readonly string[];
	readonly startedMono: number;
	/** Milliseconds for TCP, and once more for TLS, where that is less than usual. */
	readonly limitMs?: number;
	/** Look at the TLS records too: costs a copy of every byte. */
	readonly records?: boolean;
}

const CONNECT_MS_MAX = 5_000;
const TLS_MS_MAX = 5_000;
/** Worth another address of the same name: this machine has no way to that family. */
const OTHER_ADDRESS_CODES: ReadonlySet<string> = new Set(["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/** A socket without an error listener ends the process; code that needs the error adds its own. */
const swallow = () => {};

/**
 * How many connections are being opened at a time in the whole process. A TLS handshake is the one step of a look that costs processor
 * time; a burst of them would delay the acknowledgements of the chats. A server that never answers holds a place until the time limit,
 * so a person and a workspace hold a share. How many wait is bounded by the questions and watches that are under way.
 */
const opening = {
	question: openTurns({ all: 8, perWorkspace: 6, perPerson: 2, waiting: NO_BOUND }),
	watch: openTurns({ all: 4, perWorkspace: 2, perPerson: 1, waiting: NO_BOUND }),
};
/** The connection is no longer needed. */
export const CANCELED = "ECANCELED";

/** Opens the connection that one look uses. Never throws: a failure is an answer. No name is resolved here. */
export async function openConnection(target: CheckedTarget, options: ConnectOptions): Promise<Connection | ConnectionFailure> {
	const { turn = { asker: NOBODY, of: "question" }, signal } = options;
	const canceled: ConnectionFailure = { stage: "connect", code: CANCELED, connectedMs: null, firstBytes: NO_BYTES };
	let failure: ConnectionFailure = { ...canceled, code: "EHOSTUNREACH" };
	const leave = await opening[turn.of].enter(turn.asker, signal).catch(() => null);
	if (leave === null) return canceled;
	try {
		for (const address of target.addresses) {
			if (signal?.aborted === true) return canceled;
			const opened = await openTo(address, target, options);
			if (!("stage" in opened) || !OTHER_ADDRESS_CODES.has(opened.code)) return opened;
			failure = opened;
		}
		return failure;
	} finally {
		leave();
	}
}

async function openTo(address: string, target: CheckedTarget, options: ConnectOptions): Promise<Connection | ConnectionFailure> {
	const since = () => performance.now() - options.startedMono;
	const family = isIP(address) === 6 ? 6 : 4;
	const { limitMs = Number.POSITIVE_INFINITY } = options;
	const tcp = netConnect({ host: address, port: target.target.port, autoSelectFamily: false, noDelay: true });
	tcp.on("error", swallow);
	const refused = await settled(tcp, "connect", Math.min(CONNECT_MS_MAX, limitMs), options.signal);
	if (refused !== null) {
		tcp.destroy();
		return { stage: "connect", code: refused, connectedMs: null, firstBytes: NO_BYTES };
	}
	const connectedMs = since();
	if (!mayStay(tcp, address, target)) {
		tcp.destroy();
		return { stage: "connect", code: "EADDRMISMATCH", connectedMs, firstBytes: NO_BYTES };
	}
	if (target.target.scheme === "http")
		return {
			socket: tcp,
			family,
			cloudflareAddress: isCloudflareAddress(address),
			connectedMs,
			securedMs: null,
			tls: null,
			records: null,
		};

	const host = target.target.host;
	const records = options.records === true ? new TlsRecordReader(tcp) : null;
	const secure = tlsConnect({
		socket: records === null ? tcp : records.transport,
		...(isIP(host) === 0 ? { servername: host } : {}),
		host,
		ALPNProtocols: [...options.alpn],
		rejectUnauthorized: false,
		...(options.ca === null ? {} : { ca: options.ca }),
	});
	secure.on("error", swallow);
	const failed = await settled(secure, "secureConnect", Math.min(TLS_MS_MAX, limitMs), options.signal);
	if (failed !== null) {
		secure.destroy();
		tcp.destroy();
		const facts = records === null ? {} : { handshake: records.handshake };
		return { stage: "tls", code: failed, connectedMs, firstBytes: records?.first ?? NO_BYTES, ...facts };
	}
	const refusedBecause = secure.authorized ? null : (codeOf({ code: secure.authorizationError }) ?? "CERT_REFUSED");
	if (refusedBecause !== null && !options.insecure) {
		secure.destroy();
		return { stage: "certificate", code: refusedBecause, connectedMs, firstBytes: NO_BYTES };
	}
	const tls: TlsFacts = {
		protocol: secure.getProtocol(),
		alpn: secure.alpnProtocol || null,
		refusedBecause,
		certificate: certificateOf(secure, host.replace(/\.$/, "")),
	};
	return {
		socket: secure,
		family,
		cloudflareAddress: isCloudflareAddress(address),
		connectedMs,
		securedMs: since(),
		tls,
		records,
	};
}

/** The certificate's own words, bounded. OpenSSL's verdict names its first problem only, so that the name is compared here. */
function certificateOf(secure: TLSSocket, host: string): CertificateFacts | null {
	const certificate = secure.getPeerX509Certificate();
	if (certificate === undefined) return null;
	const names = (certificate.subjectAltName ?? "").split(", ").slice(0, 20);
	return {
		subject: certificate.subject?.slice(0, 300) ?? "",
		issuer: certificate.issuer?.slice(0, 300) ?? "",
		names: names.map((name) => name.replace(/^(?:DNS|IP Address):/, "").slice(0, 100)).filter((name) => name !== ""),
		validFromMs: certificate.validFromDate.getTime(),
		validToMs: certificate.validToDate.getTime(),
		selfSigned: certificate.subject === certificate.issuer,
		coversHost: (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined,
	};
}

/** Waits for `event`; null when it came, else the code of what came instead. */
function settled(
	socket: Socket,
	event: "connect" | "secureConnect",
	limitMs: number,
	signal: AbortSignal | undefined,
): Promise<string | null> {
	return new Promise((resolve) => {
		const done = (code: string | null) => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", aborted);
			socket.off(event, came).off("error", failed).off("close", closed);
			resolve(code);
		};
		const came = () => done(null);
		const failed = (error: unknown) => done(codeOf(error) ?? "ECONNFAILED");
		const closed = () => done("ECONNRESET");
		const aborted = () => done(CANCELED);
		const timer = setTimeout(() => done("ETIMEDOUT"), limitMs);
		signal?.addEventListener("abort", aborted, { once: true });
		socket.once(event, came).once("error", failed).once("close", closed);
	});
}

/**
 * The kernel's word on where we are, after connecting: not another address than the checked one, none that the operator denies, and not
 * this machine itself.
 */
function mayStay({ localAddress, remoteAddress }: Socket, address: string, { deny, laboratory }: CheckedTarget): boolean {
	if (remoteAddress === undefined || !sameAddress(remoteAddress, address) || isDenied(remoteAddress, deny)) return false;
	return remoteAddress !== localAddress || laboratory;
}

function sameAddress(actual: string, wanted: string): boolean {
	const bare = (address: string) => unmapped(address).toLowerCase();
	return canonicalAddress(bare(actual)) === canonicalAddress(bare(wanted));
}
