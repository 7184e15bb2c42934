/** What chats and editors do to plain text: typographic quotes and dashes, no-break spaces, zero-width characters. */
export function plain(text: string): string {
	return text
		.replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, "")
		.replace(/[\u00a0\u2007\u202f]/g, " ")
		.replace(/[\u201c\u201d\u201e]/g, '"')
		.replace(/[\u2018\u2019\u201a]/g, "'");
}

const BEFORE_WORD = new Set("`\"'*_~<([{|");
const AFTER_WORD = new Set("`\"'*_~>)]}|.,;!?…");

/** One word without the quotes, code marks, brackets and punctuation that surround it in a sentence. Linear. */
export function bareWord(word: string): string {
	let start = 0;
	let end = word.length;
	while (start < end && BEFORE_WORD.has(word[start] ?? "")) start += 1;
	while (end > start && AFTER_WORD.has(word[end - 1] ?? "")) end -= 1;
	return word.slice(start, end);
}

/** A single word that can only be meant as a URL, a host or an IP address. */
export function looksLikeTarget(word: string): boolean {
	return /[.:/@[]/.test(word) || word.toLowerCase() === "localhost";
}
