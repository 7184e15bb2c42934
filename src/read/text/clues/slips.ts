/**
 * Whether a word is another one with one slip of the hand: two letters that changed places, one missing, one too many. Another letter in its
 * place makes another word too often (`match`, `watch`).
 */
export function isSlipOf(word: string, meant: string): boolean {
	const longer = Math.max(word.length, meant.length);
	if (longer < 4 || Math.abs(word.length - meant.length) > 1 || word === meant) return false;
	let at = 0;
	while (at < word.length && word[at] === meant[at]) at += 1;
	if (word.length === meant.length)
		return word[at] === meant[at + 1] && word[at + 1] === meant[at] && word.slice(at + 2) === meant.slice(at + 2);
	return word.length < meant.length ? word.slice(at) === meant.slice(at + 1) : word.slice(at + 1) === meant.slice(at);
}
