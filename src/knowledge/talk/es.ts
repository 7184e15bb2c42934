import type { Talk } from "./talk.ts";

/** Spanish, the commonest. Without accents. */
export const es: Talk = {
	language: "es",
	thanks:
		/^(?:ok|vale|perfecto|genial|listo|ah|si|muy bien|buenisimo)?[ ,!.¡]*(?:(?:muchas |mil |muchisimas )?gracias\b|te lo agradezco|se agradece|(?:eso )?(?:me |nos )?(?:ha ayudado|ayudo|sirvio)(?: mucho)?[ .!]*$)/,
	recheck:
		/\b(?:revisa|comprueba|verifica|prueba|mira|chequea|intenta|testea|checa|vuelve a|vuelva a|volver a)\w*\b.{0,30}\b(?:otra vez|de nuevo|nuevamente|ahora|una vez mas|comprobar|probar|revisar|mirar|intentar|verificar|chequear)\b|^(?:por favor,? )?(?:otra vez|de nuevo|una vez mas|reintenta\w*)\b|\b(?:ya )?(?:esta|estaba|funciona|va|anda|carga|se arreglo|se soluciono|se resolvio|quedo)\b.{0,20}\b(?:arreglad[oa]|solucionad[oa]|resuelt[oa]|ya|ahora|bien|mejor|de nuevo|otra vez|caid[oa]|abajo|funcionando)\b.{0,12}\?|^¿? ?(?:y ahora|ahora|mejor|ya funciona|ya va|ya esta|sigue (?:igual|caido|mal|fallando))\b.{0,12}\?+$|^(?:sigue|todavia|aun) (?:igual|caid[oa]|mal|fall\w+|con|da|dando|roto)\b|^(?:(?:si|ok|listo|vale|bueno),? )?(?:ya |ahora (?:si )?|todo )(?:funciona|va|anda|esta (?:bien|funcionando|arriba)|volvio)\b(?!.{0,20}\bno\b)|\b(?:revertimos|volvimos atras|hicimos rollback|reiniciamos|reinicie)\b.{0,40}\b(?:funciona|va|ya|mejor)\b/,
	status:
		/\bque (?:hago|hacemos|debo|debemos|puedo|podemos|tengo que|hay que|tenemos que|deberia\w*)\b|\bque (?:es (?:esto|eso)|pasa|paso|sucede|significa|ocurre|esta pasando)\b|\by ahora que\b|\bahora que\b.{0,4}\?|^¿? ?(?:estado|situacion|resumen|novedades)[ ?!.]*$|\bcual es (?:el )?(?:estado|problema|siguiente|proximo|la causa)\b|\b(?:siguiente|proximo) paso\b|\bde quien es (?:la |el )?(?:culpa|problema|fallo|error)\b|\bquien (?:tiene la culpa|es (?:el )?(?:responsable|culpable))\b|\b(?:es|somos|sera|el problema es) (?:culpa |problema |cosa |de )*(?:nuestr[oa]|nosotros|mio|mi|de cloudflare|cloudflare|del servidor|el servidor)\b.{0,40}(?:\?|\bo\b)|\bpor que (?:pasa|ocurre|falla|sale|da)\b|\bcomo (?:lo )?(?:arreglo|arreglamos|soluciono|solucionamos|sigo|seguimos)\b|\b(?:hay|alguna) noved/,
	solved:
		/\b(?:era|fue|fueron|resulto ser|el problema (?:era|fue|estaba)|la causa (?:era|fue))\b (?:por |culpa de |en |cosa de )?(?:el|la|los|las|un|una|nuestro|nuestra|del|mod|waf|firewall|php|dns)\b|^(?:ya (?:esta )?|problema |todo |listo,? )*(?:solucionad[oa]|resuelt[oa]|arreglad[oa]|corregid[oa])\b(?:[ .!]*$|[:,;(-]| (?:con|por|era|porque))|\b(?:lo (?:arreglamos|solucionamos|resolvimos|arregle|solucione|resolvi)|encontramos (?:el|la) (?:problema|causa|error|fallo))\b/,
	notSolved:
		/\b(?:creo|cree[ns]?|dice[ns]?|dijo|supongo|pens\w+|sospech\w+|no|nunca|tampoco|aun|todavia|si|quizas?|tal vez|puede|podria|sera|cuando|manana|pronto|casi|espero|ojala)\b|\?\s*$/,
	notYet:
		/\b(?:no|nunca|aun no|todavia no|manana|pronto|luego|mas tarde|vamos a|voy a|va a|iremos|planeamos|planead[oa]|proxim[oa]|podria\w*|deberia\w*|quizas?|tal vez|puede que|si|queremos|ojala)\b|\?\s*$/,
	answers: [
		{
			key: "origin-log",
			value: "nothing",
			says: /^(?:(?:no )?(?:sale|muestra|devuelve|imprime|encuentra|aparece|da) )?\(?(?:nada|vacio|(?:sin|ningun[ao]?) (?:resultados?|salida|coincidencias?|lineas?|entradas?))\)?[ .!]*$/,
			whenAsked: true,
		},
		{
			key: "what-changed",
			value: "nothing",
			says: /\bno (?:hemos |se ha |ha |hubo |se |he |nadie )?(?:cambi\w+|toc\w+|modific\w+|hecho|hicimos)\b.{0,12}\bnada\b|\bnada (?:ha |se |nuevo |que )?(?:cambi\w+|nuevo|distinto)|\bno (?:toc|cambi|modific|desplega|actualiz|sub)\w+ nada\b|\bno (?:hubo|hay|hicimos) (?:ningun |ninguna |cambios?)\w*|\bsin (?:ningun )?cambios?\b|\bnadie (?:ha )?(?:toc|cambi)\w+ nada\b|\btodo (?:sigue )?igual (?:que siempre|que antes)\b/,
		},
		{
			key: "origin-log",
			value: "no-access",
			says: /\b(?:no (?:tengo|tenemos)|sin) acceso (?:a|al) (?:los |el |las )?(?:logs?|registros?|servidor)|\bno (?:puedo|podemos) (?:ver|acceder a|leer) (?:los |el )?(?:logs?|registros?)|\bno es (?:mi|nuestro) servidor\b/,
		},
		{
			key: "origin-log",
			value: "nothing",
			says: /\b(?:no hay|no aparece|no sale|no veo|no vemos) (?:nada|ninguna? (?:entrada|linea|peticion))\b.{0,25}\ben (?:el |los )?(?:log|registro|access)s?\b(?!\.)/,
		},
		{
			key: "who-is-hit",
			value: "signed-in",
			says: /\b(?:solo|solamente|unicamente)\b.{0,30}\b(?:conectad|logead|logueado|autenticad|registrad|sesion iniciada|con sesion|iniciar sesion)\w*/,
		},
		{
			key: "who-is-hit",
			value: "one-network-or-country",
			says: /\b(?:solo|solamente) (?:desde|en|con) (?:la |el |nuestra |una )?(?:oficina|red|pais|vpn|wifi|espana|mexico|argentina|colombia|chile|peru|movil)\b|\b(?:solo|solamente|unicamente|nada mas)\b.{0,25}\b(?:clientes|usuarios|visitantes|gente|personas) (?:de|desde|en) (?!(?:la|el|los|las|una?|pago|app)\b)\w|\b(?:funciona|va|carga)\b.{0,20}\b(?:movil|celular|datos|vpn|casa)\b/,
		},
		{
			key: "who-is-hit",
			value: "under-load",
			says: /\bcon (?:mucha|alta) (?:carga|trafico)\b|\bbajo carga\b|\b(?:mucho|alto) trafico\b|\bhoras? pico\b/,
		},
		{
			key: "who-is-hit",
			value: "everyone",
			says: /\b(?:a )?todos (?:los (?:usuarios|clientes|visitantes))?\b.{0,25}\b(?:les|afecta|pasa|ven|reciben|error)|\btodo el mundo\b|^(?:a )?todos[ .!]*$/,
		},
		{
			key: "edge-pattern",
			value: "random",
			says: /\b(?:aleatori[oa]\w*|al azar|a veces|de vez en cuando|intermitente\w*|esporadic\w*|sin patron|una de cada \w+|uno de cada \w+)\b/,
		},
		{
			key: "edge-pattern",
			value: "some-urls",
			says: /\b(?:solo|solamente) (?:en )?(?:\/\S+|(?:la |una |esta |algunas )(?:\w+ )?(?:pagina|url|ruta)s?|el checkout)|\b(?:el resto|lo demas|las demas) (?:funciona|va|carga|esta)n?\b/,
		},
		{
			key: "edge-pattern",
			value: "all",
			says: /\b(?:todas las (?:paginas|urls|peticiones)|todo el sitio|toda la (?:web|pagina))\b/,
		},
		{
			key: "time-to-failure",
			value: "round-number",
			says: /\b(?:siempre|exactamente|a los|despues de|tras|justo)\b.{0,20}\b(?:10|15|20|30|45|60|90|100) segundos\b|\bun minuto exacto\b/,
		},
		{ key: "time-to-failure", value: "instant", says: /\b(?:al instante|inmediat\w+|enseguida|en el acto)\b/, whenAsked: true },
		{
			key: "host-health",
			value: "saturated",
			says: /\b(?:cpu|carga|memoria|ram|disco|servidor)\b.{0,25}(?:\b(?:llen[oa]|satura\w+|al limite|al maximo|sobrecargad[oa]|alta)\b|(?:9\d|100) ?%)/,
		},
		{
			key: "host-health",
			value: "restarted-or-oom",
			says: /\b(?:servidor|contenedor|servicio|proceso) se (?:reinicio|cayo|colgo)\b|\bsin memoria\b/,
		},
		{
			key: "what-changed",
			value: "tls-dns-or-cloudflare",
			says: /\b(?:cambio|migracion|renovacion|traslado) (?:de|del|a|al|en) (?:el |la |los )?(?:dns|certificado|ssl|tls|cloudflare|dominio)\b|\b(?:cambi\w+|movi\w+|renov\w+|pas[ao]\w+|migr\w+|actualiz\w+|activ\w+|instal\w+)\b.{0,40}\b(?:dns|certificado|ssl|tls|cloudflare|nameservers?|dominio)\b/,
		},
		{
			key: "what-changed",
			value: "firewall-or-host",
			says: /\b(?:cambio|migracion|traslado|mantenimiento) (?:de|del|a|al|en) (?:el |la |los )?(?:firewall|waf|hosting|servidor|proveedor|ip)\b|\b(?:cambi\w+|movi\w+|migr\w+|activ\w+|instal\w+|configur\w+)\b.{0,40}\b(?:firewall|cortafuegos|waf|hosting|servidor|proveedor|ip)\b/,
		},
		{
			key: "what-changed",
			value: "deploy",
			says: /\b(?:desplega\w+|desplego|desplegue|despliegue|deploy(?!ing\b)\w*|publicamos|publique|subimos|lanzamos|actualizamos|actualice|se (?:actualizo|actualizaron|instalo|subio)|instalamos|actualizacion|nueva version|version nueva)\b/,
		},
	],
	siteDown:
		/\b(?:mi|nuestr[oa]|la|el) (?:\w+ )?(?:sitio|web|pagina|tienda|api|dominio|portal|app)\b.{0,40}\b(?:caid[oa]|no (?:funciona|carga|abre|responde|va)|abajo|fuera de servicio|error)\b/,
	works: /\b(?:funciona|funcionan|va bien|carga bien|esta bien|anda bien|responde)\b/,
	fails: /\b(?:no (?:funciona|carga|abre|responde|va|anda)\w*|caid[oa]|fall[ao]\w*|error\w*|roto|problema\w*|abajo)\b/,
};
