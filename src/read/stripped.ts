/**
 * A text without some characters at its beginning and at its end. Linear, where an unanchored `[…]+$` is quadratic on a run of these
 * characters in the middle.
 * @param before characters to take off the beginning
 * @param after characters to take off the end
 */
export function stripped(text: string, before: string, after = before): string {
	let start = 0;
	let end = text.length;
	while (start < end && before.includes(text[start] ?? "")) start += 1;
	while (end > start && after.includes(text[end - 1] ?? "")) end -= 1;
	return text.slice(start, end);
}
