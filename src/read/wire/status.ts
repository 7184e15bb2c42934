/** 500 to 599. Of 600 to 999 RFC 9110 §15 says nothing, and Cloudflare's open-source proxy passes them on: they are not server errors. */
export const isServerError = (status: number | null): boolean => status !== null && status >= 500 && status <= 599;
