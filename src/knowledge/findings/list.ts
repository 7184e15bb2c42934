import { addressMatters } from "./address-matters.ts";
import { answeredByCloudflare } from "./answered-by-cloudflare.ts";
import { badFieldName } from "./bad-field-name.ts";
import { badStatusCode } from "./bad-status-code.ts";
import { badStatusLine } from "./bad-status-line.ts";
import { bareCr } from "./bare-cr.ts";
import { bareLf } from "./bare-lf.ts";
import { bytesAfterNoContent } from "./bytes-after-no-content.ts";
import { bytesAfterTheEnd } from "./bytes-after-the-end.ts";
import { certificateExpired } from "./certificate-expired.ts";
import { certificateOriginCa } from "./certificate-origin-ca.ts";
import { certificateUntrusted } from "./certificate-untrusted.ts";
import { certificateWrongName } from "./certificate-wrong-name.ts";
import { chunkEndMissing } from "./chunk-end-missing.ts";
import { chunkLineTooLong } from "./chunk-line-too-long.ts";
import { chunkSizeBad } from "./chunk-size-bad.ts";
import { chunkSizeEmpty } from "./chunk-size-empty.ts";
import { chunkedInHttp10 } from "./chunked-in-http-1.0.ts";
import { chunksCut } from "./chunks-cut.ts";
import { clientCertificateWanted } from "./client-certificate-wanted.ts";
import { clientClosedFirst } from "./client-closed-first.ts";
import { closedBeforeTheEnd } from "./closed-before-the-end.ts";
import { closesUnannounced } from "./closes-unannounced.ts";
import { contentCodingBroken } from "./content-coding-broken.ts";
import { contentLengthDiffers } from "./content-length-differs.ts";
import { contentLengthInvalid } from "./content-length-invalid.ts";
import { contentLengthList } from "./content-length-list.ts";
import { contentLengthRepeated } from "./content-length-repeated.ts";
import { contentLengthSign } from "./content-length-sign.ts";
import { contentShort } from "./content-short.ts";
import { controlInReason } from "./control-in-reason.ts";
import { controlInValue } from "./control-in-value.ts";
import { emptyFieldName } from "./empty-field-name.ts";
import { encodingMatters } from "./encoding-matters.ts";
import { endlessChunks } from "./endless-chunks.ts";
import { endlessInterim } from "./endless-interim.ts";
import { fieldNameTooLong } from "./field-name-too-long.ts";
import type { FindingEntry, LookRule, ProxyRule } from "./finding.ts";
import { foldedLine } from "./folded-line.ts";
import { h2AsksForHttp1 } from "./h2-asks-for-http1.ts";
import { h2BadField } from "./h2-bad-field.ts";
import { h2BadFrame } from "./h2-bad-frame.ts";
import { h2BadHeaderBlock } from "./h2-bad-header-block.ts";
import { h2BadSettings } from "./h2-bad-settings.ts";
import { h2BadStatus } from "./h2-bad-status.ts";
import { h2ContentLengthMismatch } from "./h2-content-length-mismatch.ts";
import { h2ContentLengthRepeated } from "./h2-content-length-repeated.ts";
import { h2EndlessFrames } from "./h2-endless-frames.ts";
import { h2EndlessHeaderBlock } from "./h2-endless-header-block.ts";
import { h2FieldsEndless } from "./h2-fields-endless.ts";
import { h2FieldsRefused } from "./h2-fields-refused.ts";
import { h2FrameLarge } from "./h2-frame-large.ts";
import { h2Goaway } from "./h2-goaway.ts";
import { h2Http1Text } from "./h2-http1-text.ts";
import { h2SettingsMissing } from "./h2-settings-missing.ts";
import { h2StatusMissing } from "./h2-status-missing.ts";
import { h2StreamReset } from "./h2-stream-reset.ts";
import { handshakeFailed } from "./handshake-failed.ts";
import { headerSectionEndless } from "./header-section-endless.ts";
import { headerSectionLarge } from "./header-section-large.ts";
import { headerSectionOver128k } from "./header-section-over-128k.ts";
import { http2Only } from "./http2-only.ts";
import { http2Worse } from "./http2-worse.ts";
import { incompleteHeaderSection } from "./incomplete-header-section.ts";
import { leadingEmptyLines } from "./leading-empty-lines.ts";
import { lengthAndTransferEncoding } from "./length-and-transfer-encoding.ts";
import { lengthTooLong } from "./length-too-long.ts";
import { methodMatters } from "./method-matters.ts";
import { missingColon } from "./missing-colon.ts";
import { noBytes } from "./no-bytes.ts";
import { notHttp } from "./not-http.ts";
import { nulByte } from "./nul-byte.ts";
import { onlyInterim } from "./only-interim.ts";
import { originRefused } from "./origin-refused.ts";
import { originUnreachable } from "./origin-unreachable.ts";
import { ownError } from "./own-error.ts";
import { plainHttpOnTlsPort } from "./plain-http-on-tls-port.ts";
import { reset } from "./reset.ts";
import { reusedConnectionFails } from "./reused-connection-fails.ts";
import { silence } from "./silence.ts";
import { singleFieldRepeated } from "./single-field-repeated.ts";
import { someRequestsFail } from "./some-requests-fail.ts";
import { spaceBeforeColon } from "./space-before-colon.ts";
import { spaceBeforeFirstField } from "./space-before-first-field.ts";
import { statusBelow100 } from "./status-below-100.ts";
import { statusLineInChunks } from "./status-line-in-chunks.ts";
import { stopsAtRoundSecond } from "./stops-at-round-second.ts";
import { tlsAlert } from "./tls-alert.ts";
import { tlsGarbage } from "./tls-garbage.ts";
import { tlsGreetingUnanswered } from "./tls-greeting-unanswered.ts";
import { tlsOnPlainPort } from "./tls-on-plain-port.ts";
import { tooManyFields } from "./too-many-fields.ts";
import { trailerLineEndBad } from "./trailer-line-end-bad.ts";
import { trailerWithoutColon } from "./trailer-without-colon.ts";
import { trailersTooLarge } from "./trailers-too-large.ts";
import { transferEncodingNotChunked } from "./transfer-encoding-not-chunked.ts";
import { upgradeUnasked } from "./upgrade-unasked.ts";
import { whole } from "./whole.ts";
import { wrongVersion } from "./wrong-version.ts";

/**
 * Every finding. Ids are words and never used again for anything else. The order decides where several findings name a cause: the first
 * one that is there explains the rest.
 */
const LIST = {
	// before and in the status line
	"no-bytes": noBytes,
	"leading-empty-lines": leadingEmptyLines,
	"not-http": notHttp,
	"wrong-version": wrongVersion,
	"bad-status-line": badStatusLine,
	"bad-status-code": badStatusCode,
	"status-below-100": statusBelow100,
	"control-in-reason": controlInReason,
	// in the header section
	"bare-lf": bareLf,
	"bare-cr": bareCr,
	"space-before-first-field": spaceBeforeFirstField,
	"space-before-colon": spaceBeforeColon,
	"empty-field-name": emptyFieldName,
	"missing-colon": missingColon,
	"bad-field-name": badFieldName,
	"nul-byte": nulByte,
	"control-in-value": controlInValue,
	"folded-line": foldedLine,
	"field-name-too-long": fieldNameTooLong,
	"too-many-fields": tooManyFields,
	"header-section-endless": headerSectionEndless,
	"header-section-over-128k": headerSectionOver128k,
	"header-section-large": headerSectionLarge,
	"incomplete-header-section": incompleteHeaderSection,
	// framing
	"content-length-repeated": contentLengthRepeated,
	"content-length-differs": contentLengthDiffers,
	"content-length-list": contentLengthList,
	"content-length-invalid": contentLengthInvalid,
	"content-length-sign": contentLengthSign,
	"length-and-transfer-encoding": lengthAndTransferEncoding,
	"transfer-encoding-not-chunked": transferEncodingNotChunked,
	"chunked-in-http-1.0": chunkedInHttp10,
	"single-field-repeated": singleFieldRepeated,
	"upgrade-unasked": upgradeUnasked,
	"only-interim": onlyInterim,
	"endless-interim": endlessInterim,
	// content
	"content-short": contentShort,
	// An application that fails in the middle explains the bad size line.
	"status-line-in-chunks": statusLineInChunks,
	"chunk-size-bad": chunkSizeBad,
	"chunk-size-empty": chunkSizeEmpty,
	"chunk-line-too-long": chunkLineTooLong,
	"chunk-end-missing": chunkEndMissing,
	"chunks-cut": chunksCut,
	"endless-chunks": endlessChunks,
	"trailer-line-end-bad": trailerLineEndBad,
	"trailer-without-colon": trailerWithoutColon,
	"trailers-too-large": trailersTooLarge,
	"bytes-after-the-end": bytesAfterTheEnd,
	"bytes-after-no-content": bytesAfterNoContent,
	"content-coding-broken": contentCodingBroken,
	// HTTP/2
	"h2-http1-text": h2Http1Text,
	"h2-settings-missing": h2SettingsMissing,
	"h2-bad-settings": h2BadSettings,
	"h2-bad-frame": h2BadFrame,
	"h2-endless-frames": h2EndlessFrames,
	"h2-endless-header-block": h2EndlessHeaderBlock,
	"h2-frame-large": h2FrameLarge,
	"h2-asks-for-http1": h2AsksForHttp1,
	"h2-goaway": h2Goaway,
	"h2-stream-reset": h2StreamReset,
	"h2-bad-header-block": h2BadHeaderBlock,
	"h2-fields-endless": h2FieldsEndless,
	"h2-fields-refused": h2FieldsRefused,
	"h2-bad-field": h2BadField,
	"h2-bad-status": h2BadStatus,
	"h2-status-missing": h2StatusMissing,
	"h2-content-length-repeated": h2ContentLengthRepeated,
	"h2-content-length-mismatch": h2ContentLengthMismatch,
	// how the connection ended
	"closed-before-the-end": closedBeforeTheEnd,
	reset: reset,
	"tls-alert": tlsAlert,
	"tls-garbage": tlsGarbage,
	silence: silence,
	whole: whole,
	// what only a capture shows
	"client-closed-first": clientClosedFirst,
	// what only a look at an origin shows
	"client-certificate-wanted": clientCertificateWanted,
	"plain-http-on-tls-port": plainHttpOnTlsPort,
	"tls-on-plain-port": tlsOnPlainPort,
	"http2-only": http2Only,
	"http2-worse": http2Worse,
	"tls-greeting-unanswered": tlsGreetingUnanswered,
	"handshake-failed": handshakeFailed,
	"answered-by-cloudflare": answeredByCloudflare,
	"length-too-long": lengthTooLong,
	"stops-at-round-second": stopsAtRoundSecond,
	"reused-connection-fails": reusedConnectionFails,
	"own-error": ownError,
	"some-requests-fail": someRequestsFail,
	"origin-refused": originRefused,
	"origin-unreachable": originUnreachable,
	"certificate-expired": certificateExpired,
	"certificate-wrong-name": certificateWrongName,
	"certificate-untrusted": certificateUntrusted,
	"certificate-origin-ca": certificateOriginCa,
	"encoding-matters": encodingMatters,
	"method-matters": methodMatters,
	"address-matters": addressMatters,
	"closes-unannounced": closesUnannounced,
} as const satisfies Readonly<Record<string, FindingEntry>>;

export type FindingId = keyof typeof LIST;
type ShownBy<By extends FindingEntry["shownBy"]> = {
	[Id in FindingId]: (typeof LIST)[Id]["shownBy"] extends By ? Id : never;
}[FindingId];
/** What the bytes of a response show: every deviation that the reader names. */
export type OddityKind = ShownBy<"bytes">;
/** What a recording of a response shows: in its bytes, or by how the connection ended. */
export type ByteFindingId = ShownBy<"bytes" | "ending">;
/** What a packet capture shows: also who ended a connection. */
export type CaptureFindingId = ShownBy<"bytes" | "ending" | "capture">;
/** What a direct look at an origin shows beside its bytes. */
export type OriginFindingId = ShownBy<"look">;

export const FINDINGS: Readonly<Record<FindingId, FindingEntry>> = LIST;
export const FINDING_IDS = Object.keys(LIST) as readonly FindingId[];
/** A proxy passes these on; Cloudflare's documented limit, or what has to decode the content, does not. */
export const FAILS_BEHIND: ReadonlySet<FindingId> = new Set(["header-section-over-128k", "content-coding-broken"] as const);
export const isFinding = (word: string): word is FindingId => Object.hasOwn(LIST, word);

/** What each oddity does to a message. */
export const PROXY_RULES: Readonly<Record<OddityKind, ProxyRule>> = LIST;
/** What the findings of a look speak for. */
export const LOOK_RULES: Readonly<Record<OriginFindingId, LookRule>> = LIST;
export const ODDITIES = FINDING_IDS.filter((id): id is OddityKind => FINDINGS[id].shownBy === "bytes");
export const ORIGIN_FINDINGS = FINDING_IDS.filter((id): id is OriginFindingId => FINDINGS[id].shownBy === "look");
