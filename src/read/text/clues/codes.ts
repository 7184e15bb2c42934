import { KNOWN_CODES } from "../../../knowledge/codes/codes.ts";

/** A number that a text tells as an error code. */
export interface CodeClue {
	readonly code: string;
	readonly at: number;
	/** By what it is called or by the words of an error beside it; else by the sentence around it. */
	readonly strong: boolean;
}

/** Replaces a URL or host in the text, so that its numbers are not read as codes. */
export const TARGET_MARK = "\ufffc";

const CODES: ReadonlySet<string> = new Set(KNOWN_CODES.map(String).filter((code) => /^(?:50[24]|5[23]\d|1\d{3})$/.test(code)));
const NUMBER =
	/(?<![\p{Script=Latin}\p{N}_.,/#$€£¥%&@+-]|\p{N}:)(50[24]|5[23]\d|1[0-2]\d\d)(?=s?(?![\p{Script=Latin}\p{N}_%€$£¥]|[.,:/-]\d|\/|-[a-z]{2}))/gu;
/** `error520`, `HTTP_522`. */
const GLUED = /(?<![a-z])(?:error|err|http|code|status)[_-]?(52[0-9]|530|1\d{3})(?![\w.])/gi;
/** Numbers that are looked at: the first ones tell it. */
const NUMBERS_MAX = 2_000;
const REACH = 60;
/** How far back the beginning of a line is looked for. */
const LINE_REACH = 320;

/** Words for an error and for its number, in many languages, right before it. */
const ERROR_WORD =
	"(?:(?<![\\p{L}\\p{N}])(?:errn?o?r?s?|err?ors?|err?ror|eror|erorr|errro|errur|erreurs?|errores?|errore|errori|erros?|feh?lers?\\w{0,8}|fehlercode|fout(?:code)?|fel(?:kod)?|virhe|feil(?:kode)?|fejl|chyba|hiba|eroarea?|greska|napaka|lỗi|loi|kesalahan|ralat|hata(?: kodu)?|b[lł][aą]d\\w*|ошибк\\p{L}{0,3}|помилк\\p{L}{0,3}|σφάλμα|cloudflare|cf|err_[a-z_]{2,40}|[\\w.]{0,80}(?:error|exception|fault|failure))(?![\\p{L}])|エラー|錯誤|错误|오류|에러|خطأ|שגיאה|ข้อผิดพลาด|त्रुटि)";
const NUMBER_WORD =
	"(?:(?<![\\p{L}])(?:codes?|c[oó]digo|codice|kode|kod|koodi|код|n[uú]mero|num(?:ber)?|no|nr|status|stat(?:ut|o)|estado|http|https|reference|ref|type|id|page|is|was|of|with|the|an?|ein(?:en?)?|une?|de|da|do)(?![\\p{L}])|コード|番号|代码|代碼|코드|ステータス|状态码?|狀態碼?)";
const LABELLED = new RegExp(`${ERROR_WORD}[\\s:;#("'\`*=_\\[|-]{0,6}(?:${NUMBER_WORD}[\\s:#("'\`*=_.\\[|-]{0,6}){0,4}$`, "iu");
const STATUS_WORD =
	/(?:\b(?:http(?:\/\d(?:\.\d)?)?|(?:http[ _-]?)?(?:response[ _-]?)?status(?:[ _-]?code)?|statuscode|response[ _-]?code|http[ _-]?code|return(?:ed)?[ _-]code|error[_ -]?code|errorcode|errno|edgeresponsestatus|edge[_ ]?(?:response)?[_ ]?status|code|rc|res(?:ponse)?|result|actual|received|root cause|cause|reason|exit|statut|estado|statuskod|statusc[oó]de)|ステータス(?:コード)?|状态码?|状态|狀態碼?|返回码|응답 ?코드|상태 ?코드)["'`*]{0,3}[\s]{0,3}(?:(?:of|is|was|code|with|error|received|returned|from|server|upstream|origin|the|:|=|=>|->|→|\(|\[|>|"|'|`|\*|\||#)[\s]{0,3}){0,6}$/iu;
/** What answers with it: a program's words before a status. */
const ANSWERS =
	/(?:\b(?:respon(?:se|d(?:s|ed|ing)?|ds?)|return(?:s|ed|ing)?|repl(?:y|ies|ied)|answer(?:s|ed|ing)?|gives?|giving|gave|gets?|getting|got|shows?|showing|showed|shown|throws?|throwing|threw|serv(?:es?|ed|ing)|says?|saying|said|sees?|seeing|saw|seen|fail(?:s|ed|ing|ure)?|hit(?:s|ting)?|receiv(?:es?|ed|ing)|sends?|sending|sent|produces?|yields?|raises?|raised|reports?|reported|encounter(?:s|ed|ing)?|spits?(?: out)?|displays?|success|unexpected|faced|facing|experiencing|still|again|also|suddenly|only|intermittent|random|occasional|sporadic|many|lots of|cloudflare'?s?|since then|now|und|lautet|ist|hei[sß]+t|est|es|es un|[eé] o|da|d[aá]n?|devuelven?|arrojan?|muestran?|sale|salen|tira|lanza|retorna(?:m|ndo)?|tem|recebo|recebendo|aparece|mostra|est[aá] com|com|liefert|gibt|geben|kommt|kommen|zeigt|wirft|meldet|antwortet|bekommt?|bekommen|erhalte\w*|sehe|donne|renvoie|affiche|retourne|re[cç]ois|obtiens|restituisce|mostra|r[eè]stituisce)|が|に|で|は|出现|返回|报|提示|显示|出現|顯示)["'`*]{0,2}[\s:=(>-]{0,4}(?:(?:an?|the|our|some|these|those|this|out|back|us|me|with|by|as|code|status|http|error|errors|status code|success|[a-z]+ly|ein(?:en|e)?|une?|uma?|un|lauter|immer|siempre|sempre|toujours|mit|con|com|avec|el|o|le|den|:)[\s:"'`*(]{0,4}){0,4}$/iu;
/** Weaker: words that may precede any number. */
const LOOSE = new RegExp(
	`(?:\\b(?:i\\.?e\\.?,?|d\\.?h\\.?|namely|is|are|was|were|an?|the|with|into|to|by|of|and|or|from|ein(?:en)?|une?|uma?|un|el|o|le|also|then|just|with)|[,;:=>(]|->|=>|→|[-|]|${TARGET_MARK}['"\`)\\]]{0,2})[\\s"'\`*(]{0,4}$`,
	"iu",
);
/** Behind it: it is an error. */
const ERROR_AFTER =
	/^s?["'`*)\]]{0,3}[\s:|(-]{0,5}(?:(?:http|status|server|cloudflare|origin|gateway|web ?server|response|code)[\s:-]{0,3}){0,3}(?:errors?\b|err\b|eror|unknown\b|undefined\b|null\b|none\b|<(?:unknown|none|null|no reason)|bad gateway|gateway time-?out|web ?server|server error|origin|connection timed|timed? ?out|ssl|invalid ssl|railgun|fehler|fout|foutmelding|fejl|feilmelding|felmeddelande|virhe|chyba|hiba|hatas[iı]|erreurs?\b|errore\b|erros?\b|ошибк|hata\b|fout\b|b[lł][aą]d|エラー|错误|錯誤|오류|에러|status\b|responses?\b|pages?\b(?! \d)|is returned|web-?server)/iu;
/** Behind it: it counts, measures or costs something. */
const COUNTED =
	/^\s{0,3}(?:[%€$£¥]|,-|(?:ms|µs|us|sec|secs|seconds?|s|min|mins|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?|kb|mb|gb|tb|kib|mib|gib|k|bytes?|px|pt|em|km|cm|mm|kg|mg|ml|hz|mhz|ghz|fps|rpm|rps|qps|usd|eur|gbp|euros?|dollars?|pounds?|yen|rub|inr|chf|bucks|am|pm|x|times|percent|st|nd|rd|th)(?![\p{L}\p{N}]))/iu;
const SECONDS_BEFORE =
	/\b(?:after|takes?|took|taking|for|in|within|timeout|time-?out|(?:total|max(?:imum)?|duration|interval|period|delay|limit|ttl|age|time|uptime|timeout|value) of|about|around|than|under|over|every|last(?:s|ed)?)\W{0,3}$|[~<>=]\s?$/i;
/** Words that may follow a code in a sentence; another word is what the number counts. */
const FOLLOWER =
	/^s?["'`*)\]]{0,3}\s*(?:$|[.,;:!?()[\]{}<>|=\-–—→"'`*…]|\n|[^\p{Script=Latin}\p{N}\s]|(?:cloudflare|ray|on|in|at|since|again|as|and|for|from|when|whenever|while|after|before|but|or|now|today|yesterday|tonight|only|with|without|if|every|each|all|to|is|are|was|were|because|due|through|via|by|so|too|instead|still|sometimes|randomly|intermittently|occasionally|once|during|until|then|which|that|this|it|he|we|they|i|you|any|what|why|how|no|not|help|please|pls|plz|here|there|behind|within|about|around|upon|despite|though|although|always|often|constantly|right|just|also|mean|means|meaning|comes?|came|coming|appears?|happens?|happened|started|starts|began|everywhere|anyone|somebody|someone|can|could|has|have|did|does|do|keeps?|seit|auf|bei|an|am|im|beim|wenn|nach|und|aber|oder|mit|f[uü]r|von|vom|zur?|seitdem|wieder|heute|gestern|jetzt|immer|nur|wegen|durch|obwohl|ein|bekommen|erhalten|zur[uü]ck|aus|desde|en|al|cuando|y|pero|con|para|por|sin|hoy|ayer|ahora|despu[eé]s|siempre|solo|otra|em|na|no|nas|nos|ao|quando|e|mas|com|sem|hoje|ontem|agora|depois|sempre|s[oó]|ap[oó]s|depuis|sur|dans|[aà]|au|quand|et|mais|avec|pour|sans|par|aujourd'hui|hier|maintenant|apr[eè]s|toujours|chez|su|nel|da|dal|quando|ma|oggi|ieri|lagi|di|pada|ketika|saat|terus|od|przy|gdy|kiedy|znowu|bij|op|sinds|als|wanneer|weer|steeds|vid|n[aä]r|p[aå]|hos|hatas[iı]|veriyor|al[iı]yor\w*|geliyor)\b)/iu;
/** Before it: a price, a place, a name of something else. */
const OTHER_BEFORE =
	/(?:[$€£¥]|\b(?:usd|eur|gbp|page|pages|pg|p|seite|p[aá]gina|room|zimmer|apt|suite|line|lines|zeile|port|ports|pid|uid|gid|nr|no|number|num|ticket|order|invoice|issue|pr|bug|version|ver|v|build|chapter|section|step|row|col|column|width|height|size|length|count|total|price|cost|level|model|class|type|unit|block|bus|line|highway|route|exit|gate|flight|channel|sku|item|lot|volume|vol|year|until|about|around|nearly|over|more than|less than|almost|up to|at least|some|had|have|has|sold|bought|paid|pay|kostet|cost(?:s|ed)?|only|every|another|next|first|last|expires|max-age|content-length|x-[a-z-]{2,20}|age|timeout|limit|chunk|pool|worker|child|process|thread)[\s.:#=(-]{0,4})$/i;
/** The sentence is about money or goods, or something is measured in it. */
const OF_GOODS =
	/[€£¥]|\b\d+ ?(?:pp[mb]|lux|hpa|kwh?|mah|volts?|watts?|kg|grams?|km|cm|mm|met(?:er|re)s?|miles|inch(?:es)?|k?cal(?:ories)?|liters?|litres?)\b|\d ?[°º²³]|\$\s?\d|\b\d+ ?(?:euros?|eur|usd|dollars?|pounds?|bucks|chf|franken|reais|pesos)\b|\bkostet\b|\bcosts?\b|\bprice\b/i;
/** Errors of a database have numbers of four digits too. */
const OF_DATABASE = /\b(?:SQLSTATE|HY000|42S02|MySQL|MariaDB|InnoDB|mysqli?\w*|PDOException|SQL error)\b/i;
/** A line of a program that gives a name a number. */
const ASSIGNED = /^\s*(?:const|let|var|int|static|final|public|private|def|export|#define)\s[^\n]{0,80}[\s=:]$/;
const OF_ERRORS =
	/(?<!\p{L})(?:nginx|apache|php|ssl|tls|dns|tunnel|proxy|(?:free|pro|business) plan|cloudflare|cf|errors?|fehler\p{L}*|erros?|erreurs?|errore|ошибк\p{L}*|status|https?|ray id|web ?sites?|sites?|page|url|origin|server|down|timeout|response|requests?|api|curl|browser|visitors?|users?|customers?|checkout|login|prod(?:uction)?|home ?page|shop|store|blog|wp-admin|backend|dashboard|staging|console)(?!\p{L})|エラー|错误|サイト|网站/iu;
const ASKED =
	/^\s*(?:(?:please|pls|hey|hi|so|and|can you|could you|bitte|por favor)[ ,]+)*(?:what(?:'s|s| is| are| does)?|whats|explain|describe|define|meaning of|why|was (?:ist|bedeutet)|que (?:es|significa)|o que (?:e|é|significa)|c'est quoi|qu'est-ce que|tell me about|info(?:rmation)? (?:on|about)|got|help with|help,?)\b[^\n]{0,40}$/i;

/**
 * Error codes in a text, at any place and in many languages: 52x and 530, 1xxx, 502 and 504, but no prices, counts, versions, sizes or room
 * numbers. Linear.
 * @param isAboutErrors the thread is about one, so that weaker words are enough
 * @param masked the text with {@link TARGET_MARK} in the place of URLs and hosts, and blanks in the place of lines that tell no code
 */
export function findCodes(masked: string, isAboutErrors: boolean): CodeClue[] {
	const out: CodeClue[] = [];
	const alone = /^[\s"'`*#([]*(\d{3,4})s?[\s"'`*)\]?!.:]*$/.exec(masked.slice(0, 60))?.[1];
	if (masked.length < 60 && alone !== undefined && CODES.has(alone))
		return [{ code: alone, at: masked.indexOf(alone), strong: true }];
	const isWritten = /%\{(?:http_|response_)code\}/.test(masked.slice(0, 20_000));
	let seen = 0;
	for (const match of masked.matchAll(NUMBER)) {
		seen += 1;
		if (seen > NUMBERS_MAX) break;
		const code = match[1] ?? "";
		if (!CODES.has(code)) continue;
		// What `curl -w` writes begins its line with the status.
		const kind =
			isWritten && (match.index === 0 || masked[match.index - 1] === "\n")
				? "strong"
				: told(masked, match.index, code, isAboutErrors);
		if (kind !== null) out.push({ code, at: match.index, strong: kind === "strong" });
	}
	if (out.length === 0)
		for (const match of masked.slice(0, 20_000).matchAll(GLUED))
			if (CODES.has(match[1] ?? "")) out.push({ code: match[1] ?? "", at: match.index, strong: true });
	return out;
}

function told(text: string, at: number, code: string, isAboutErrors: boolean): "strong" | "weak" | null {
	const back = Math.max(0, at - LINE_REACH);
	const lineStart = back + text.slice(back, at).lastIndexOf("\n") + 1;
	const before = text.slice(Math.max(0, at - REACH), at).replace(/\n/g, " ");
	const after = text.slice(at + code.length, at + code.length + REACH);
	const sentence = text.slice(Math.max(lineStart, at - 200), at) + after.slice(0, Math.max(0, after.search(/\n|$/)));
	// Several of them, but not a time in seconds.
	const plural = /^s\b/.test(after) && code.startsWith("52") && !SECONDS_BEFORE.test(before);
	if (plural && !OF_GOODS.test(sentence)) return "strong";
	if (COUNTED.test(after)) return null;
	if (/[$€£¥]\s?$/.test(before)) return null;
	const rare = /^50|^1/.test(code);
	if (code.startsWith("1") && OF_DATABASE.test(sentence) && !/cloudflare/i.test(sentence)) return null;
	if (LABELLED.test(before) || ERROR_AFTER.test(after))
		return OTHER_BEFORE.test(before) && !LABELLED.test(before) && !ERROR_AFTER.test(after) ? null : "strong";
	if (
		/\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/\S{0,300}[\s:=>-]{1,6}$/.test(text.slice(Math.max(0, at - 320), at)) &&
		!rare
	)
		return "strong";
	if (STATUS_WORD.test(before)) return /\bexit\W*$/i.test(before) ? null : "strong";
	if (OTHER_BEFORE.test(before) || OF_GOODS.test(sentence)) return null;
	const marked = new RegExp(`${TARGET_MARK}['"\`)\\]]{0,2}[\\s:=>(|→-]{0,6}$`).test(before);
	if (marked && FOLLOWER.test(after)) return rare && /^1/.test(code) ? "weak" : "strong";
	if (!FOLLOWER.test(after)) return null;
	if (ASKED.test(text.slice(lineStart, at)) && text.length < 200) return "strong";
	if (ANSWERS.test(before)) return rare ? (OF_ERRORS.test(sentence) || text.includes(TARGET_MARK) ? "weak" : null) : "strong";
	if (rare || ASSIGNED.test(text.slice(lineStart, at))) return null;
	// Scripts without blanks: any of their words before it, where a site is named.
	if (text.includes(TARGET_MARK) && /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]\s?$/.test(before)) return "weak";
	// The first word of a line, before words about requests.
	const first = text.slice(lineStart, at).trim() === "";
	const near = isAboutErrors || text.includes(TARGET_MARK) || OF_ERRORS.test(sentence);
	// Any word before it, in the line of a site.
	if (sentence.includes(TARGET_MARK)) return "weak";
	const short = text.length < 60 && text.trim().split(/\s+/).length <= 5;
	if ((LOOSE.test(before) || first || short) && near) return "weak";
	return first && /^\s*(?:[{[(]|-|:|$)/.test(after) && text.length < 400 ? "weak" : null;
}

/**
 * The one code of several: that of a 1xxx page wins over the 530 that carries it, a strong one over a weak one, the first one over the next.
 */
export function codeOf(clues: readonly CodeClue[]): string | null {
	const strong = clues.filter((one) => one.strong);
	const first = strong[0] ?? clues[0];
	if (first === undefined) return null;
	if (first.code === "530") return strong.find((one) => /^1/.test(one.code))?.code ?? first.code;
	return first.code;
}

/** The code that a text asks to have explained, when nothing else stands in it: `explain 520`, `explain error 1033`. */
export function explainedCode(topic: string): string | null {
	const found =
		/^(?:(?:the|an?|error|errors|code|status|http|cloudflare|cf|what is|me|about)[\s:]+)*(\d{3,4})(?:\s+errors?)?[\s?!.]*$/i.exec(
			topic,
		)?.[1];
	return found !== undefined && CODES.has(found) ? found : null;
}
