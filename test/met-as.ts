import type { CauseId } from "../src/knowledge/causes/list.ts";

/**
 * The recorded responses and the cases of real servers were numbered by what is met on the wire: 1 cut after the headers, 2 nothing usable
 * before the close, 3 headers too large (4 for the servers), 4 malformed, 5 TLS or a reset. A verdict's number is its cause's own, whichever
 * way the cause was met: a wrong chunk cuts the page (1), and is a conflict in the framing (4) all the same; a close without a byte (2) may
 * be a crash or meant, so that no cause and no number is named. So the number says which causes a verdict may have, not its number.
 */
const MET_AS: Readonly<Partial<Record<CauseId, readonly number[]>>> = {
	// A reset in the content was recorded as 5: over plain HTTP it says nothing of TLS, and over TLS nothing for sure.
	"closed-mid-response": [1, 2, 5],
	"framing-conflict": [1, 4],
	"headers-malformed": [4],
	"headers-too-large": [3, 4],
	"http2-to-origin": [1, 2, 4, 5],
	"protocol-mismatch": [4],
	"tls-broken": [5],
	"upgrade-or-1xx": [1, 2],
};
/** A cut at our own deadline, a close without a byte, a reset. */
const WITHOUT_A_CAUSE: readonly number[] = [1, 2, 5];

/** The numbers under which a verdict's cause can have been recorded, where the proxy did not accept the response whole. */
export const metAs = (cause: CauseId | null): readonly number[] => (cause === null ? WITHOUT_A_CAUSE : (MET_AS[cause] ?? []));
