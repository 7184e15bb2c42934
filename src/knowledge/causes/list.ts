import type { Family } from "../families.ts";
import type { Cause } from "./cause.ts";
import { closedMidResponse } from "./closed-mid-response.ts";
import { cloudflareBlocked } from "./cloudflare-blocked.ts";
import { coldStart } from "./cold-start.ts";
import { deliberateClose } from "./deliberate-close.ts";
import { edgeFeature } from "./edge-feature.ts";
import { framingConflict } from "./framing-conflict.ts";
import { headersMalformed } from "./headers-malformed.ts";
import { headersMissing } from "./headers-missing.ts";
import { headersTooLarge } from "./headers-too-large.ts";
import { http2ToOrigin } from "./http2-to-origin.ts";
import { idleRace } from "./idle-race.ts";
import { middleTimeout } from "./middle-timeout.ts";
import { oddClientRequest } from "./odd-client-request.ts";
import { originCrashed } from "./origin-crashed.ts";
import { originOverloaded } from "./origin-overloaded.ts";
import { originPulls } from "./origin-pulls.ts";
import { pathDrops } from "./path-drops.ts";
import { protocolMismatch } from "./protocol-mismatch.ts";
import { relabelled5xx } from "./relabelled-5xx.ts";
import { requestTooLarge } from "./request-too-large.ts";
import { responseTooLarge } from "./response-too-large.ts";
import { tlsBroken } from "./tls-broken.ts";
import { upgradeOr1xx } from "./upgrade-or-1xx.ts";
import { visitorBanned } from "./visitor-banned.ts";
import { wrongTarget } from "./wrong-target.ts";

/** Why an origin's answer becomes a 520, in the order in which people are shown them. Ids are words and never used again for anything else. */
const LIST = {
	"closed-mid-response": closedMidResponse,
	"headers-missing": headersMissing,
	"response-too-large": responseTooLarge,
	"headers-malformed": headersMalformed,
	"tls-broken": tlsBroken,
	"headers-too-large": headersTooLarge,
	"origin-crashed": originCrashed,
	"deliberate-close": deliberateClose,
	"visitor-banned": visitorBanned,
	"cloudflare-blocked": cloudflareBlocked,
	"origin-overloaded": originOverloaded,
	"middle-timeout": middleTimeout,
	"request-too-large": requestTooLarge,
	"protocol-mismatch": protocolMismatch,
	"http2-to-origin": http2ToOrigin,
	"idle-race": idleRace,
	"cold-start": coldStart,
	"wrong-target": wrongTarget,
	"path-drops": pathDrops,
	"origin-pulls": originPulls,
	"upgrade-or-1xx": upgradeOr1xx,
	"framing-conflict": framingConflict,
	"relabelled-5xx": relabelled5xx,
	"edge-feature": edgeFeature,
	"odd-client-request": oddClientRequest,
} as const satisfies Readonly<Record<string, Cause>>;

export type CauseId = keyof typeof LIST;
export const CAUSES: Readonly<Record<CauseId, Cause>> = LIST;
export const CAUSE_IDS = Object.keys(CAUSES) as readonly CauseId[];
export const isCause = (word: string): word is CauseId => Object.hasOwn(CAUSES, word);

/** Closes a case whose cause is none of these. */
export const SOMETHING_ELSE = "something-else";

/** The article's number of a cause; null where there is no cause, where the article names none, and for a code that stands as its own cause. */
export const articleCauseOf = (cause: string | null): Cause["articleCause"] =>
	cause !== null && isCause(cause) ? CAUSES[cause].articleCause : null;

/** The family of a cause; null for a code that stands as its own cause. */
export const familyOf = (cause: string): Family | null => (isCause(cause) ? CAUSES[cause].family : null);
