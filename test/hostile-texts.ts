const repeated = (piece: string) => (chars: number) => piece.repeat(Math.ceil(chars / piece.length)).slice(0, chars);
const behind = (start: string, piece: string) => (chars: number) => start + repeated(piece)(Math.max(0, chars - start.length));
/** A long run of one character, and something else at its end: what an unanchored `x+$` is slow on. */
const run = (start: string, one: string, end: string) => (chars: number) => `${start}${one.repeat(chars)}${end}`;

/** Texts that a person may paste or attach to keep a reader busy, each in any length. */
export const HOSTILE_TEXTS: Readonly<Record<string, (chars: number) => string>> = {
	"status lines": repeated("HTTP/1.1 200 OK\n\n"),
	"interim status lines": repeated("HTTP/1.1 100 Continue\n\n"),
	redirects: repeated("HTTP/1.1 301 Moved\n\n\n"),
	"status lines of curl -v": repeated("< HTTP/1.1 200 OK\n< \n"),
	"interim status lines of curl -v": repeated("< HTTP/1.1 100 Continue\n< \n"),
	"empty lines of curl -v": repeated("< \n"),
	"indented status lines": repeated("    HTTP/1.1 200 OK\n    \n"),
	"quoted status lines": repeated("> HTTP/1.1 200 OK\n> \n"),
	"status lines after a verb": behind("autopsy ", "HTTP/1.1 200 OK\n\n"),
	"status lines with CR LF": repeated("HTTP/1.1 100 C\r\n\r\n"),
	"rows of a trace": behind("<= Recv header, 5 bytes\n", "0000: HTTP/1.1 200 OK\n0000: \n"),
	"rows of a trace in hex": behind("<= Recv header, 5 bytes\n", "0000: 48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b 0d \n"),
	"marks of a trace": repeated("<= Recv data, 1 bytes (0x1)\n0000: 41 \n"),
	"last words of curl": repeated("curl: (52) Empty reply from server\n"),
	"half last words of curl": repeated("* transfer closed with "),
	"header lines": behind("HTTP/1.1 200 OK\n", "A: b\n"),
	"header lines with CR LF": behind("HTTP/1.1 200 OK\r\n", "A: b\r\n"),
	"folded lines": behind("HTTP/1.1 200 OK\r\nA: b\r\n", " c\r\n"),
	"chunks of one byte": behind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"),
	"blanks in a header name": run("HTTP/1.1 200 OK\r\nA", "\t", "x: b\r\n\r\n"),
	"blanks in a header name without its end": run("HTTP/1.1 200 OK\r\nA", "\t", "x"),
	"blanks in a folded value": run("HTTP/1.1 200 OK\r\nA: b\r\n c", "\t", "x\r\n\r\n"),
	"a cut response": (chars) =>
		`HTTP/1.1 200 OK\nContent-Length: 99999999\n\n${repeated("a b c\n")(chars)}curl: (18) transfer closed`,
	"unclosed fences": repeated("```\n"),
	"a fence and blanks": run("HTTP/1.1 200 OK\n```", " ", "x"),
	"hex digits": repeated("0123456789abcdef"),
	"bare IDs": repeated("0123456789abcdef "),
	"Ray IDs": (chars) =>
		Array.from(
			{ length: Math.ceil(chars / 21) },
			(_, nth) => `8a7d5e${(nth % 0xffffffffff).toString(16).padStart(10, "0")}-DFW`,
		).join("\n"),
	"Ray IDs of the future": repeated("ffffffffffffffff-DFW "),
	"broken Ray IDs": repeated("123456-ABC "),
	"Ray ID:": repeated("Ray ID:"),
	"labels and quotes": repeated('cf-ray: """"'),
	"labels before IDs": repeated(`${"ray-id_______".repeat(11)}x0123456789abcdef `),
	"markup before IDs": repeated(`${"&lt;a".repeat(28)} 0123456789abcdef `),
	dots: repeated("."),
	"names with dots": repeated("a."),
	"long names with dots": repeated(`${"a.".repeat(1_000)}0 `),
	colons: repeated(":"),
	"colons for an address": run("origin shop.example ", ":", "x"),
	"brackets for an address": run("origin shop.example ", ")", "x"),
	"digits for an address": run("origin shop.example ", "1", "."),
	quotes: repeated('"'),
	"mixed quotes": repeated("'`\"(<["),
	"http://": repeated("http://"),
	URLs: repeated("https://shop.example "),
	"access lines": repeated('203.0.113.9 - - [23/Jul/2024:17:25:07 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8"\n'),
	"half access lines": repeated('"GET '),
	"nginx error lines": repeated(
		"2024/07/23 17:25:07 [error] 7#7: *1 upstream prematurely closed connection while reading response header from upstream\n",
	),
	"HAProxy timers": repeated(`${` ${"/".repeat(160)} 1/1/1/1`.repeat(40)}\n`),
	"digits of HAProxy timers": repeated(` ${"/".repeat(160)} ${"1".repeat(7_800)}\n`),
	"IIS lines": behind("2024-01-01 00:00:00 ", " 200 1 1 1"),
	"log lines as JSON": repeated('{"status":200,"size":5,"ts":1700000000.5}\n'),
	"log lines after a verb": behind("logs ", '"GET / HTTP/1.1" 200 5\n'),
	braces: repeated("{"),
	brackets: repeated("["),
	"a HAR file that never ends": behind('{"log":{"entries":[', '{"response":{"status":520,"headers":[]}},'),
	"a HAR file": (chars) =>
		`{"log":{"entries":[${Array(Math.ceil(chars / 42))
			.fill('{"response":{"status":200,"headers":[]}}')
			.join(",")}]}}`,
	"headers of a HAR entry": (chars) =>
		`{"response":{"status":520,"headers":[${Array(Math.ceil(chars / 25))
			.fill('{"name":"a","value":"b"}')
			.join(",")}]}}`,
	"one long line": repeated("a"),
	NULs: repeated("\0"),
	"combining characters": behind("e", "\u0301"),
	"words of combining characters": repeated("e\u0301\u0302 "),
	"CR LF": repeated("\r\n"),
	CR: repeated("\r"),
	"line feeds": behind("* x\n", "\n"),
	blanks: run("x", " ", "x"),
	"zero-width characters": repeated("\u200b"),
	"lone surrogates": repeated("\ud800"),
	"mentions of Slack": repeated("<@a|"),
	entities: repeated("&lt;"),
	"question marks": run("", "?", "x"),
};
