/** As it runs behind a proxy that ends TLS. */
export const issuer = new URL('https://login.bench.example');
