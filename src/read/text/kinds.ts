import type { EvidenceKey, FineValueOf } from "../../knowledge/evidence.ts";
import type { Audience } from "../action.ts";
import type { ToldCapture } from "../capture/told.ts";
import type { Paste } from "../paste.ts";
import type { Ray } from "../ray/decode.ts";
import type { FoundRays } from "../ray/find.ts";
import type { AdminChange } from "./admin.ts";
import type { HarFailure } from "./clues/har.ts";
import type { AskedPlaces, UnaskedPlaces } from "./places.ts";
import type { Refusal, Target } from "./target.ts";

/** What a person wants to know. The same in every chat and in the terminal. */
export type Question =
	/** `places`: where it is to be requested from besides; `unasked`: words about places that ask none. */
	| {
			readonly kind: "site";
			readonly target: Target;
			readonly edgeSaw?: EdgeSaw;
			/** What a HAR tells of its failed requests. */
			readonly har?: HarFailure;
			readonly places?: AskedPlaces;
			readonly unasked?: UnaskedPlaces;
	  }
	| {
			readonly kind: "rays";
			readonly found: FoundRays;
			/** The one site that the text names besides, for a look at it. */
			readonly target: Target | null;
			/** The code that an error page or Cloudflare's JSON in the text tells, 520 to 530; null for none. */
			readonly code: string | null;
			/** The UTC time that an error page prints beside its only Ray ID, Unix milliseconds. */
			readonly pageAtMs: number | null;
			readonly edgeSaw?: EdgeSaw;
			/** What a HAR tells of its failed requests. */
			readonly har?: HarFailure;
	  }
	| { readonly kind: "headers"; readonly target: Target; readonly unasked?: UnaskedPlaces }
	| {
			readonly kind: "origin";
			readonly target: Target;
			/** As the person gave them; none: they have to be asked for, in private. */
			readonly addresses: readonly OriginAddress[];
	  }
	| { readonly kind: "autopsy"; readonly paste: Paste }
	/** What `capture` or `tap` printed. */
	| { readonly kind: "capture"; readonly told: readonly [ToldCapture, ...ToldCapture[]] }
	| { readonly kind: "logs"; readonly text: string }
	/** The three that belong to the case of a thread. */
	| { readonly kind: "answer"; readonly key: EvidenceKey; readonly value: string | null }
	| { readonly kind: "solved"; readonly cause: string }
	/** `audience`: the text for one reader; null: the whole report. */
	| { readonly kind: "report"; readonly audience: Audience | null }
	| {
			readonly kind: "watch";
			readonly target: Target;
			readonly forMs: number;
			readonly everyMs: number;
			/** Only the person who asks is told. */
			readonly alone: boolean;
	  }
	/** null: whatever is watched here. */
	| { readonly kind: "unwatch"; readonly target: Target | null }
	/** null: show what is decided. */
	| { readonly kind: "admin"; readonly change: AdminChange | null }
	| { readonly kind: "forget"; readonly host: string }
	/** Cloudflare's status page: of a data center (three capitals), of that of a Ray ID at its time, or of everything. */
	/** `others`: data centers that were named behind the first one; absent: none. */
	| { readonly kind: "status"; readonly colo: string | null; readonly ray: Ray | null; readonly others?: readonly string[] }
	/** The owner's Cloudflare account. `hasMore`: something stood behind the host; it is kept nowhere. `hasToken`: it may be a secret in the wrong place. */
	| { readonly kind: "connect"; readonly target: Target; readonly hasMore: boolean; readonly hasToken: boolean }
	| { readonly kind: "disconnect"; readonly target: Target }
	| { readonly kind: "account" }
	/** `sinceMs`: how long back; null: as it is usual. */
	| { readonly kind: "numbers"; readonly target: Target; readonly sinceMs: number | null }
	/** `tellsCode`: someone tells of this code, and names no site. */
	| { readonly kind: "explain"; readonly topic: string; readonly tellsCode?: true }
	/** `page`: which one of several, from 1. */
	| { readonly kind: "help"; readonly page?: number }
	| { readonly kind: "privacy"; readonly page?: number };

/** What Cloudflare had from the origin for requests that failed with this code, by its own record in the text. */
interface EdgeSaw {
	readonly code: string;
	readonly value: FineValueOf<"edge-saw">;
}

/** An address of an origin. Never shown, logged or kept beyond its case. */
export interface OriginAddress {
	readonly address: string;
	/** null: the site's own port. */
	readonly port: number | null;
}

/** Why a text is not a question, except for a verb that needs more words. */
export type Unread =
	| { readonly kind: "misread"; readonly why: "empty" }
	| { readonly kind: "misread"; readonly why: "too-long"; readonly chars: number }
	| { readonly kind: "misread"; readonly why: "bare-hex"; readonly id: string }
	/** A bare id that decodes to a time of the last days: whether it is a Ray ID is asked. */
	| { readonly kind: "misread"; readonly why: "may-be-ray"; readonly id: string; readonly receivedAtMs: number }
	| { readonly kind: "misread"; readonly why: "not-a-ray"; readonly found: FoundRays }
	| { readonly kind: "misread"; readonly why: "target"; readonly text: string; readonly refusal: Refusal }
	| { readonly kind: "misread"; readonly why: "origin-address" }
	| { readonly kind: "misread"; readonly why: "no-such-cause" }
	| { readonly kind: "misread"; readonly why: "not-a-paste" }
	| { readonly kind: "misread"; readonly why: "no-such-answer"; readonly key: EvidenceKey | null }
	| { readonly kind: "misread"; readonly why: "several"; readonly sites: readonly Target[] }
	/** A site that fails, without its name: "checkout is down". */
	| { readonly kind: "misread"; readonly why: "which-site" }
	/** A token of Cloudflare's API, and nothing else that could be asked. */
	| { readonly kind: "misread"; readonly why: "token" }
	| { readonly kind: "misread"; readonly why: "offline"; readonly verb: string }
	| { readonly kind: "misread"; readonly why: "watch-times" | "numbers-time" }
	| { readonly kind: "misread"; readonly why: "admin-words"; readonly said: string }
	| { readonly kind: "misread"; readonly why: "unknown"; readonly text: string };
