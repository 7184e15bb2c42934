/** What other ids of 16 digits are called: orders, cards, spans, hashes. */
const OTHER =
	/\b(?:etag|span|trace|tracing|traceparent|parent|sha\d*|md5|commit|rev(?:ision)?|hash|checksum|digest|order|invoice|card|iban|account|transaction|txn|payment|customer|user|session|token|key|secret|password|uuid|guid|build|serial|device|mac|message|msg|event|error id|sentry|container|image|pod|node|git (?:show|log|diff|checkout|reset|revert|cherry-pick)|correlation|x-request|request[_ -]?id|span[_ -]?id|trace[_ -]?id|x-amz\S*|fingerprint|version|bucket|object|blob|file|tracking)[\s_-]*(?:id|ids|no|number|nr|code|hash)?["'`*]{0,3}[\s:=#(]{0,4}["'`]{0,2}$/i;
const REACH_CHARS = 40;

/** Whether the words before an id call it something else than a Ray ID. */
export const isCalledOther = (before: string): boolean => OTHER.test(before.slice(-REACH_CHARS));
