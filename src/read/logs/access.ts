import { type JsonObject, LEVELS, numberOf, type Scalars, textOf } from "./json.ts";

/** What a line tells of the request it is about; null for what it does not tell. */
export interface RequestTold {
	readonly method: string | null;
	/** The request target without its query. */
	readonly path: string | null;
	readonly host: string | null;
	readonly agent: string | null;
	/** The IP address at the other end of the connection. */
	readonly address: string | null;
}

/** What an access line tells besides. */
export interface ResponseTold extends RequestTold {
	readonly status: number;
	/** Bytes sent; null where the log shows none. */
	readonly bytes: number | null;
}

const METHOD = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PROPFIND";
/** nginx and Apache (combined and common), uvicorn, Envoy …: the quoted request, the status, what follows. Quotes may be escaped, as in JSON. */
const QUOTED = new RegExp(
	`\\\\?"(?:(${METHOD}) ([^\\s"]{1,4000})(?: [^"]{0,400})?|[^"]{0,200})\\\\?" (\\d{3}|0)(?: ([A-Z]{2,4}(?:,[A-Z]{2,4})*|-|\\d{1,15})(?= |$|\\\\?")| [A-Z][A-Za-z -]{1,40}$|$)`,
);
const QUOTES_BEHIND = /^\s\\?"[^"]{0,2000}\\?" \\?"([^"]{0,1000}?)\\?"/;
/** Envoy: flags, details, two quoted or bare words, bytes received and sent. */
const ENVOY_BEHIND =
	/^(?: \S{1,200}){0,2} \\?"[^"]{0,200}\\?" \d{1,15} (\d{1,15}) \d{1,12} \S{1,12} \\?"[^"]{0,200}\\?" \\?"([^"]{0,1000}?)\\?"/;
/** HAProxy's HTTP log: `frontend backend/server timers status bytes … "request"`. */
const HAPROXY = new RegExp(
	` \\S{1,80}\\/\\S{1,80} -?\\d{1,9}(?:\\/-?\\d{1,9}){3,4}\\+? (-?\\d{1,3}) (\\d{1,15}) (?:[^"]{0,600}"(${METHOD}|<BADREQ>)(?: (\\S{1,2000}))?)?`,
);
/** AWS: the load balancer's status and the target's, received and sent bytes, the request, the agent. */
const AWS = new RegExp(
	` -?[\\d.]{1,12} -?[\\d.]{1,12} (\\d{3}) (?:\\d{3}|-|0) \\d{1,15} (\\d{1,15}) \\\\?"(${METHOD}) (\\S{1,4000}) [^"]{0,20}\\\\?" \\\\?"([^"]{0,1000}?)\\\\?"`,
);
/** IIS W3C with its usual fields: date time s-ip method stem query port user c-ip agent referer status substatus win32-status time-taken. */
const IIS = new RegExp(
	`^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2} (?:\\S{1,100} ){0,3}(${METHOD}) (\\S{1,2000}) \\S{1,4000} \\d{1,5} \\S{1,200} ([\\da-fA-F.:]{2,45}) (\\S{1,1000}) .{0,4000}?(\\d{3}) \\d{1,3} \\d{1,10}(?: \\d{1,12}){1,3}\\s*$`,
);
/** uWSGI: `… GET /cart => generated 512 bytes in 3 msecs (HTTP/1.1 200)`. */
const UWSGI = new RegExp(
	`\\] (${METHOD}) (\\S{1,2000}) => generated (\\d{1,15}) bytes in \\d{1,12} m?secs \\(HTTP/[\\d.]{1,3} (\\d{3})\\)`,
);
/** Morgan's `dev` and `tiny`: `GET /cart 500 12.3 ms - 52`, and with the size first. */
const MORGAN = new RegExp(
	`(?:^|[\\s|])(${METHOD}) (\\/\\S{0,2000}) (\\d{3}) (?:[\\d.]{1,12} ms - (\\d{1,15}|-)|(\\d{1,15}|-) - [\\d.]{1,12} ms)\\s*$`,
);
/** Gin: `| 500 | 1.2ms | 192.0.2.10 | GET "/cart"`. */
const GIN = new RegExp(`\\| {1,3}(\\d{3}) \\|[^|]{1,30}\\| {1,40}(\\S{2,45}) \\| (${METHOD}) {1,8}"(\\S{1,2000})"`);
/** logfmt: Heroku's router, lograge, Traefik, zap and others. */
const LOGFMT_STATUS = /(?:^|\s)(?:status|status_code|DownstreamStatus|sc|code)=\\?"?(\d{3})\\?"?(?=\s|$)/;
const LOGFMT_SIZE = /(?:^|\s)(?:bytes|size|bytes_sent|body_bytes_sent|length|DownstreamContentSize)=\\?"?(\d{1,15})/;
const LOGFMT_METHOD = new RegExp(`(?:^|\\s)(?:method|http_method|RequestMethod)=\\\\?"?(${METHOD})\\b`);
const LOGFMT_PATH = /(?:^|\s)(?:path|uri|url|request_uri|fwd_path|RequestPath|http_path)=\\?"?([^\s"\\]{1,2000})/;
const LOGFMT_HOST = /(?:^|\s)host=\\?"?([\w.-]{3,253})/;
const LOGFMT_AGENT = /(?:^|\s)(?:user_agent|useragent|ua|agent|user-agent)=\\?"([^"\\]{1,1000})/;

/** Access lines of all these programs, as text. null for anything else. */
export function accessOf(line: string): ResponseTold | null {
	const clue = /(?:"| |\/|=|\|)-?\d{1,3}\b/.test(line);
	if (!clue) return null;
	return (
		haproxyOf(line) ??
		awsOf(line) ??
		quotedOf(line) ??
		iisOf(line) ??
		uwsgiOf(line) ??
		morganOf(line) ??
		ginOf(line) ??
		logfmtOf(line)
	);
}

const sizeOf = (size: string | undefined) => (size === undefined || !/^\d+$/.test(size) ? null : Number(size));
const addressAt = (line: string) => /^(?:\S{1,253} )?([\da-fA-F]{0,4}[.:][\da-fA-F.:]{3,42})[ ,]/.exec(line)?.[1] ?? null;

function quotedOf(line: string): ResponseTold | null {
	const found = line.includes('"') ? QUOTED.exec(line) : null;
	if (found === null) return null;
	const [whole, method, target, status, next] = found;
	const isFlag = next !== undefined && /^[A-Z]/.test(next);
	const rest = line.slice(found.index + whole.length);
	// A quoted text before three digits is a request only if the status is followed by a size.
	if (method === undefined && (next === undefined || isFlag || !/\d{3}/.test(status ?? ""))) return null;
	// nginx writes `""` or `"-"` for what was no request; another text may stand there when it was none either, as TLS on a port without it.
	const envoy = isFlag || next === "-" ? ENVOY_BEHIND.exec(rest) : null;
	const agent = envoy?.[2] ?? QUOTES_BEHIND.exec(rest)?.[1] ?? null;
	return {
		status: Number(status),
		bytes: sizeOf(envoy?.[1] ?? next),
		...targetOf(target),
		method: method ?? null,
		agent,
		address: addressAt(line),
	};
}

function haproxyOf(line: string): ResponseTold | null {
	const found = line.includes("/") ? HAPROXY.exec(line) : null;
	if (found === null) return null;
	const [, status, bytes, method, target] = found;
	const address = / ([\da-fA-F.:]{3,45}):\d{1,5} \[/.exec(line)?.[1] ?? null;
	return { status: Number(status), bytes: Number(bytes), ...targetOf(target), method: method ?? null, agent: null, address };
}

function awsOf(line: string): ResponseTold | null {
	const found = line.includes('"') ? AWS.exec(line) : null;
	if (found === null) return null;
	const [, status, bytes, method = "", target, agent = ""] = found;
	return { status: Number(status), bytes: Number(bytes), ...targetOf(target), method, agent, address: null };
}

function iisOf(line: string): ResponseTold | null {
	const found = IIS.exec(line);
	if (found === null) return null;
	const [, method = "", stem, address = "", agent = "", status] = found;
	return { status: Number(status), bytes: null, ...targetOf(stem), method, agent: agent.replaceAll("+", " "), address };
}

function uwsgiOf(line: string): ResponseTold | null {
	const found = line.includes("=> generated") ? UWSGI.exec(line) : null;
	if (found === null) return null;
	const [, method = "", target, bytes, status] = found;
	return { status: Number(status), bytes: Number(bytes), ...targetOf(target), method, agent: null, address: null };
}

function morganOf(line: string): ResponseTold | null {
	const found = line.includes(" ms") ? MORGAN.exec(line) : null;
	if (found === null) return null;
	const [, method = "", target, status, bytes, other] = found;
	return { status: Number(status), bytes: sizeOf(bytes ?? other), ...targetOf(target), method, agent: null, address: null };
}

function ginOf(line: string): ResponseTold | null {
	const found = line.includes("|") ? GIN.exec(line) : null;
	if (found === null) return null;
	const [, status, address = "", method = "", target] = found;
	return { status: Number(status), bytes: null, ...targetOf(target), method, agent: null, address };
}

function logfmtOf(line: string): ResponseTold | null {
	const status = line.includes("=") ? LOGFMT_STATUS.exec(line)?.[1] : undefined;
	const target = status === undefined ? undefined : LOGFMT_PATH.exec(line)?.[1];
	if (status === undefined || target === undefined) return null;
	const told = targetOf(target);
	return {
		status: Number(status),
		bytes: sizeOf(LOGFMT_SIZE.exec(line)?.[1]),
		...told,
		host: told.host ?? LOGFMT_HOST.exec(line)?.[1] ?? null,
		method: LOGFMT_METHOD.exec(line)?.[1] ?? null,
		agent: LOGFMT_AGENT.exec(line)?.[1] ?? null,
		address: null,
	};
}

/** Path and host of a request target; of a whole URL, its own. */
function targetOf(target: string | undefined): { readonly path: string | null; readonly host: string | null } {
	if (target === undefined || target === "-") return { path: null, host: null };
	const [, host, rest] = /^https?:\/\/([^/?#]{1,253})([\s\S]*)$/i.exec(target) ?? [];
	const path = (rest ?? target).split(/[?#]/, 1)[0] ?? "";
	return { path: path === "" ? "/" : path, host: host === undefined ? null : host.replace(/:\d{1,5}$/, "").toLowerCase() };
}

/** Names that error logs have for the request: nginx, ModSecurity, Passenger, uWSGI, IIS, cloudflared, Rails. */
const REQUEST_IN_ERROR: readonly RegExp[] = [
	new RegExp(`\\brequest: \\\\?"(?<method>${METHOD}) (?<target>[^\\s"\\\\]{1,2000})`),
	/\[uri \\?"(?<target>[^"\\]{1,2000})/,
	/\bdest=\\?"?(?<target>https?:\/\/[^\s"\\]{1,2000})/,
	new RegExp(`\\b(?:during|on request|HTTP/1\\.1|Started) (?<method>${METHOD}) \\\\?"?(?<target>/[^\\s"\\\\]{0,2000})`),
	/\bon request (?<target>\/\S{0,2000}) /,
	/(?:^|\s)path=\\?"?(?<target>\/[^\s"\\]{0,2000})/,
];
const HOST_IN_ERROR = /\b(?:host: \\?"|hostname \\?")([\w.-]{3,253})/;
const CLIENT_IN_ERROR = /\b(?:client: |\[client )([\da-fA-F.:]{3,45}?)(?::\d{1,5})?[\],\s]/;

/** What any other line says of its request. */
export function requestOf(line: string): RequestTold {
	const found = REQUEST_IN_ERROR.reduce<RegExpExecArray | null>((one, form) => one ?? form.exec(line), null)?.groups;
	const told = targetOf(found?.target);
	return {
		method: found?.method ?? null,
		path: told.path,
		host: HOST_IN_ERROR.exec(line)?.[1]?.toLowerCase() ?? told.host,
		agent: null,
		address: CLIENT_IN_ERROR.exec(line)?.[1] ?? null,
	};
}

const STATUSES: readonly string[] = [
	"status",
	"status_code",
	"statuscode",
	"response_code",
	"downstreamstatus",
	"httpstatus",
	"http_status",
	"response_status",
	"response.status_code",
	"http.response.status_code",
	"sc-status",
];
const SIZES: readonly string[] = [
	"body_bytes_sent",
	"bytes_sent",
	"bytessent",
	"size",
	"bytes",
	"response_size",
	"responsesize",
	"downstreamcontentsize",
	"sentbytes",
	"responselength",
	"response_length",
	"headers.content-length",
];
const TARGETS: readonly string[] = [
	"request_uri",
	"requesturi",
	"uri",
	"requestpath",
	"request_path",
	"path",
	"requesturl",
	"url",
	"http_path",
	"http.target",
	"resourcepath",
];
const METHODS: readonly string[] = [
	"method",
	"request_method",
	"requestmethod",
	"httpmethod",
	"http_method",
	"http.method",
	"verb",
];
const AGENTS: readonly string[] = [
	"http_user_agent",
	"user_agent",
	"user-agent",
	"useragent",
	"request_user-agent",
	"agent",
	"ua",
	"headers.user-agent",
];
const HOSTS: readonly string[] = ["requesthost", "http_host", "request.host", "vhost", "authority", "server_name", "host"];
const ADDRESSES: readonly string[] = [
	"remote_addr",
	"remote_ip",
	"clientip",
	"client_ip",
	"remoteip",
	"clienthost",
	"client",
	"remoteaddress",
];

/** nginx's `$request`. */
const REQUEST_LINE = new RegExp(`^(${METHOD}) (\\S{1,4000})`);

/** What an object of a JSON log tells of its request. */
export function requestOfObject(scalars: Scalars): RequestTold {
	// nginx's `$request` is the whole line.
	const [, said, line] = REQUEST_LINE.exec(textOf(scalars, ["request", "requestline", "request_line"]) ?? "") ?? [];
	const told = targetOf(textOf(scalars, TARGETS) ?? line ?? undefined);
	const host = textOf(scalars, HOSTS);
	return {
		method: said ?? textOf(scalars, METHODS),
		path: told.path,
		// `host` can also be a machine's name, without a dot.
		host: told.host ?? (host?.includes(".") === true ? host.replace(/:\d{1,5}$/, "").toLowerCase() : null),
		agent: textOf(scalars, AGENTS),
		address: textOf(scalars, ADDRESSES),
	};
}

/** The access line in an object of a JSON log; null for anything else. */
export function accessOfObject(scalars: Scalars, isTimed: boolean): ResponseTold | null {
	const status = numberOf(scalars, STATUSES);
	if (status === null || status < -1 || status > 999 || !Number.isInteger(status)) return null;
	const request = requestOfObject(scalars);
	const bytes = numberOf(scalars, SIZES);
	const isLevelled = textOf(scalars, LEVELS) !== null;
	// A status alone is in many objects: an error that a client caught, a monitor's result.
	const isAccess =
		request.path === null
			? bytes !== null && (isTimed || isLevelled)
			: request.method !== null || isTimed || isLevelled || bytes !== null;
	return isAccess ? { ...request, status, bytes } : null;
}

/** Whether an object only looks like a log entry: what browsers export, Cloudflare's own JSON errors, a caught exception. */
export const isOtherJson = (object: JsonObject, scalars: Scalars): boolean =>
	"startedDateTime" in object ||
	"cloudflare_error" in object ||
	scalars.has("log.version") ||
	(("config" in object || "stack" in object) &&
		textOf(scalars, LEVELS) === null &&
		/Error$/.test(textOf(scalars, ["name"]) ?? ""));
