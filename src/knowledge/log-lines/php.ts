import type { Signature } from "./signature.ts";

/** Lines of PHP itself. */
export const php: readonly Signature[] = [
	{
		id: "php-mem",
		server: "php",
		looks: /Allowed memory size of \d+ bytes exhausted/,
		speaksFor: "500",
		originLog: "crash",
		meaning: "memory_limit reached",
		fix: "Raise memory_limit; fix the script",
		source: "php/php-src: Zend/zend_alloc.c",
		example:
			"PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/www/x.php on line 12",
	},
	{
		id: "php-fatal",
		server: "php",
		looks: /PHP Fatal error: {1,2}Uncaught /,
		speaksFor: "500",
		originLog: "crash",
		meaning: "Uncaught exception",
		fix: "Fix the code",
		source: "php/php-src: main/main.c, Zend/zend_exceptions.c",
		example:
			'2026/11/22 11:16:41 [error] 15315#15315: *6 FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: Call to undefined function foo() in /srv/www/x.php:3" while reading response header from upstream, client: 192.0.2.10',
	},
];
